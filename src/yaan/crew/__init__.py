"""What a crew may bear, and what a flight does to it."""

from yaan.crew.couch import CouchFrame, body_force, couch_frame, nose_forward
from yaan.crew.dynamic_response import CAVEAT, Response, dynamic_response, event_window
from yaan.crew.lanes import AXES, TURNS, LaneLoads, grade_lanes, grade_turning
from yaan.crew.limits import SHORTEST, Curve, Limits, ResponseLimits, load_limits
from yaan.crew.loads import grade, longest_exposure
from yaan.crew.splash import Splash, WaterBody, splash, splash_response
from yaan.crew.touchdown import ClassLimit, water_limit

__all__ = [
    "AXES",
    "CAVEAT",
    "SHORTEST",
    "TURNS",
    "ClassLimit",
    "CouchFrame",
    "Curve",
    "LaneLoads",
    "Limits",
    "Response",
    "ResponseLimits",
    "Splash",
    "WaterBody",
    "body_force",
    "couch_frame",
    "dynamic_response",
    "event_window",
    "grade",
    "grade_lanes",
    "grade_turning",
    "load_limits",
    "longest_exposure",
    "nose_forward",
    "splash",
    "splash_response",
    "water_limit",
]
