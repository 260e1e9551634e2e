"""The packaged coastline, for maps."""

from yaan.spacetime.coastline import shores

LAND, SHORE, SEA = "#e8ebe4", "#9aa6ae", "#f3f7fa"


def coast(west: float, east: float, *, small: bool = False) -> dict[str, object]:
    """The trace of the land between two longitudes [deg], repeated past the date line.

    Args:
        west: western edge of what is drawn.
        east: eastern edge.
        small: for the small world in a corner: once round, on the second axes, islands left out.
    """
    turns = [0] if small else [t for t in (-360, 0, 360) if west < 180 + t and east > -180 + t]
    x: list[float | None] = []
    y: list[float | None] = []
    for turn in turns:
        for shore in shores():
            if small and len(shore) < 12:
                continue
            x += [round(point[0] + turn, 2) for point in shore] + [None]
            y += [round(point[1], 2) for point in shore] + [None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "xaxis": "x2" if small else "x",
        "yaxis": "y2" if small else "y",
        "fill": "toself",
        "fillcolor": LAND,
        "line": {"color": SHORE, "width": 0.5 if small else 0.8},
        "hoverinfo": "skip",
    }
