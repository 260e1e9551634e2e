"""The numbers of the entries that are checked against the world outside, and what they are from.

Everything is in SI units but for angles in degrees and, where named so, heights in thousands of
feet (kft), as printed. Mission files of these cases repeat the numbers of this one.
"""

from typing import Any, Final

import numpy as np

KFT: Final = 304.8  # [m]

# A capsule returns from low orbit at a fixed bank: a three-degree-of-freedom study of our own
# made before this code and without it (SciPy, spherical Earth that does not turn, US76).
RETURN: Final = {
    "mass": 5300.0,
    "diameter": 3.5,
    # Not stated. With Apollo's 4.69 m all heat loads agree within 0.6 %; this is the crew
    # module's assumed radius of the mission file.
    "nose_radius": 4.2,
    "drag": 1.35,
    "height": 120e3,
    "speed": 7890.0,
}
RETURN_ANGLES: Final = (-1.2, -1.4, -2.0)
RETURN_ROWS: Final = (
    # lift over drag, bank, peak loads [g] by angle, heat load at -1.4 deg [J/m^2]
    (0.00, 0.0, (8.3, 8.4, 8.8), 92e6),
    (0.15, 0.0, (4.0, 4.0, 3.7), 112e6),
    (0.25, 0.0, (2.9, 3.0, 3.2), 129e6),
    (0.25, 60.0, (4.5, 4.5, 4.1), 108e6),
    (0.25, 75.0, (6.1, 6.0, 6.1), 99e6),
)

# How far the closed form of Allen and Eggers lies from an integration, as published: Putnam and
# Braun, J. Guidance 38-3 (2015), 414-430 (the percentages were read in a note that quotes them).
# That note gives neither air nor starting height. ASSUMED: an exponential atmosphere whose scale
# height and starting height were found by trial against the three differences; so of the three
# numbers about one is a check.
GAP_AIR: Final = {"density": 1.225, "scale": 9.0e3, "height": 128e3}
GAPS: Final = (
    # speed, angle, mass over drag area [kg/m^2], closed form over integration less one
    (12.8e3, -8.2, 60.0, 0.349),
    (7.2e3, -30.0, 10_000.0, -0.051),
    (7.9e3, -1.35, 450.0, -0.573),
)

# Stardust, 15 January 2006. Mass, area, nose radius, height and speed of the interface and the
# drag coefficients (Mitcheltree et al., J. Spacecraft 36-3 (1999)) as collected in the input file
# of the Putnam group's aeroassist simulation, which names Willcockson, J. Spacecraft 36-3 (1999)
# for the entry; inertial angle -8.21 deg: Desai et al., J. Spacecraft 2008, abstract. ASSUMED:
# place and heading of the interface, such that the path passes the towns which the mission named
# to observers (north of Winnemucca, by Elko) and ends over the Utah range (40.37 N, 113.5 W).
STARDUST: Final[dict[str, Any]] = {
    "mass": 46.0,
    "area": 0.51887,
    "nose_radius": 0.2286,
    "mach": (10.5, 12.2, 17.1, 24.7, 35.4, 40.0, 42.7),
    "drag": (1.515, 1.4992, 1.4939, 1.4816, 1.4828, 1.4959, 1.464),
    "height": 135e3,
    "latitude": 42.0,  # geodetic
    "longitude": -123.8,
    "speed": 12_900.0,  # inertial
    "angle": -8.21,  # inertial
    "heading": 98.08,  # inertial
    "floor": 32e3,  # the drogue's height
    "peak_load": 32.89,  # reconstruction of Desai and Qualls, as quoted
    "landing": (40.37, -113.52),
}

# Apollo's command module trimmed, by Mach number: MSC Internal Note 69-FM-137 (1969), table I(d);
# a work of the United States government. `alpha` is from the apex: the heat shield leads at 180.
APOLLO_TRIM: Final = np.array(
    [
        # Mach, alpha [deg], CL, CD
        (0.20, 170.95, 0.23170, 0.82584),
        (0.40, 167.63, 0.23412, 0.85478),
        (0.70, 165.00, 0.25619, 0.98912),
        (0.90, 162.30, 0.31180, 1.07015),
        (1.10, 155.72, 0.48050, 1.17974),
        (1.20, 155.40, 0.46690, 1.16508),
        (1.35, 154.73, 0.54953, 1.28744),
        (1.65, 153.92, 0.54084, 1.27440),
        (2.00, 153.10, 0.52572, 1.28613),
        (2.40, 154.42, 0.49986, 1.25612),
        (3.00, 154.90, 0.47174, 1.23227),
        (4.00, 155.80, 0.43414, 1.22682),
        (10.0, 157.40, 0.42155, 1.23698),
        (29.5, 160.70, 0.37900, 1.30135),
    ]
)

# Apollo 10's planned entry: interface state of Szelc (1969) as quoted with the NPCG toolbox's
# example (latitude geocentric), plan of MSC Internal Note 69-FM-137, table XI(m). Its clock
# starts at 400 kft.
APOLLO10: Final[dict[str, Any]] = {
    "mass": 5498.22,
    "area": 12.017,
    "nose_radius": 4.69,
    "radius": 6_498_270.0,
    "latitude": -23.51457,  # geocentric
    "longitude": 174.24384,
    "speed": 11_067.15,  # inertial
    "angle": -6.6198381,  # inertial
    "heading": 71.9317,  # inertial
    "planned_speed": 36_310 * 0.3048,  # at 400 kft
    "planned_angle": -6.52,
    "planned_sensed": 28.0,  # 0.05 g
    "planned_peak_load": 6.8,
    "planned_drogue": 496.0,  # 8 min 16 s
    "drogue_height": 24.0 * KFT,
}

# Flown heights [kft] at times [s] after the first of them: digitised from a figure of the mission
# report's supplement, each within 5 kft.
APOLLO10_HISTORY: Final = np.array(
    [
        (0.0, 386.3),
        (15.8, 314.1),
        (27.2, 280.0),
        (56.8, 196.1),
        (86.5, 163.9),
        (118.0, 173.7),
        (147.6, 161.0),
        (175.3, 155.1),
        (206.8, 163.9),
        (235.5, 171.7),
        (267.0, 163.9),
        (296.7, 144.4),
        (326.3, 114.1),
        (355.9, 95.6),
        (386.5, 72.2),
        (415.0, 53.7),
        (445.7, 31.2),
        (478.7, 11.7),
    ]
)

# FITTED by builders/apollo10_bank.py: knots chosen, angles found by least squares from the history
# above, the planned peak load and the planned time of the drogues. All to one side: the history
# says nothing of sides. Time from the interface state [s], bank [deg].
APOLLO10_BANK: Final = np.array(
    [
        (56.0, 0.0),
        (76.0, 14.0),
        (96.0, 102.0),
        (116.0, 117.0),
        (141.0, 83.0),
        (171.0, 39.0),
        (201.0, 24.0),
        (236.0, 31.0),
        (271.0, 47.0),
        (306.0, 57.0),
        (341.0, 51.0),
        (376.0, 31.0),
        (411.0, 14.0),
    ]
)
