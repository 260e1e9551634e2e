"""The summary's records of contacts: when stations see what flies."""

from yaan.results.record import Radians, RadiansOrNone, record


@record
class ContactStation:
    """A station that looks up.

    Attributes:
        name: of the station.
        title: name for people.
        network: who runs it.
        latitude_deg: geodetic.
        longitude_deg: east positive.
        height: above the ellipsoid [m].
        accuracy: how far its place may be out [m]; None where nobody says.
        minimum_elevation_deg: from which on it tracks.
        masked: whether it has a horizon of its own.
        contacts: how many.
        time: of all of them [s].
    """

    name: str
    title: str
    network: str
    latitude_deg: float
    longitude_deg: float
    height: float
    accuracy: float | None
    minimum_elevation_deg: float
    masked: bool
    contacts: int
    time: float

    latitude = Radians()
    longitude = Radians()
    minimum_elevation = Radians()


@record
class ContactPoint:
    """An instant of a contact; straight lines, without refraction and light time.

    Attributes:
        time: [s].
        utc: the same as a date.
        azimuth_deg: from north through east.
        elevation_deg: above the horizon of the ellipsoid.
        distance: [m].
        range_rate: [m/s], positive of what goes away.
    """

    time: float
    utc: str
    azimuth_deg: float
    elevation_deg: float
    distance: float
    range_rate: float

    azimuth = Radians()
    elevation = Radians()


@record
class StationContact:
    """What flies stands above the horizon of a station.

    Attributes:
        station: its name.
        rise: where it comes up, or where what is known begins.
        culmination: where it stands highest.
        set: where it goes down, or where what is known ends.
        cut_start: it was up as what is known begins.
        cut_end: it is up as what is known ends.
        duration: [s].
        lit: share of the Sun's disc that it sees as it culminates; None under no sky.
        sun_elevation_deg: of the Sun over the station then; None under no sky.
        visible: whether it is in sunlight over a dark station (Sun 6 deg down) as it culminates.
    """

    station: str
    rise: ContactPoint
    culmination: ContactPoint
    set: ContactPoint
    cut_start: bool
    cut_end: bool
    duration: float
    lit: float | None
    sun_elevation_deg: float | None
    visible: bool

    sun_elevation = RadiansOrNone()


@record
class Contacts:
    """The contacts of a flight with the stations of its mission.

    Attributes:
        start: from when they are told [s].
        end: until when [s].
        stations: in the order of the mission.
        passes: in the order in which they begin.
        share: of that time in which any station sees it.
        longest_gap: without any station [s].
        interpolation: how far the path between saved rows may be out [m].
    """

    start: float
    end: float
    stations: tuple[ContactStation, ...]
    passes: tuple[StationContact, ...]
    share: float
    longest_gap: float
    interpolation: float
