# %% [markdown]
# # Which propellants for the core stage?
#
# LVM3's core burns N2O4 and UH25. What if the same tanks held something else? For four pairs of
# propellants: what an engine of one chamber pressure and area ratio would do, what the tanks would
# hold, and the payload to 300 km that the launcher then carries.
#
# Held: the volume of the tanks, dry mass, thrust, chamber pressure, area ratio, the kind of engine
# (gas generator), both other stages, and the time of the core's ignition. It burns until the same
# share of its propellant is used.

# %%
import yaan

G0 = 9.80665  # [m/s^2]
CORE = "vehicle.stages.l110"
PRESSURE, AREA_RATIO = "62 bar", 30.83  # of the Vikas that flies
PAIRS = {  # oxidiser, fuel, mixture
    "N2O4/UH25": ("N2O4", "UH25", 1.71),
    "LOX/RP-1": ("LOX", "RP-1", 2.6),
    "LOX/CH4": ("LOX", "LCH4", 3.4),
    "LOX/LH2": ("LOX", "LH2", 6.0),
}
# No engine of methane with a gas generator has published figures: between kerosene and hydrogen.
METHALOX = (0.91, 0.93, 0.95)

# %% [markdown]
# ## The engines
#
# The ideal is certified equilibrium, shifting; the losses are those of the family, from engines
# that exist. Three values each: the ends of the band, and the mean between them.

# %%
engines = {}
for pair, (oxidiser, fuel, mixture) in PAIRS.items():
    made = yaan.engine(
        oxidiser=oxidiser,
        fuel=fuel,
        pressure=PRESSURE,
        mixture=mixture,
        area_ratio=AREA_RATIO,
        flow="shifting",
    )
    ideal = made.shifting.isp_vacuum
    family = [one for one in made.real if one.family.cycle == "gas generator"]
    isp = (family[0].low, family[0].mean, family[0].high) if family else None
    isp = isp or tuple(share * ideal for share in METHALOX)
    tanks = made.asked
    density = (1 + mixture) / (mixture / tanks.oxidiser.density + 1 / tanks.fuel.density)
    engines[pair] = isp, density
    print(f"{pair}: ideal {ideal:.1f} s, real {isp[0]:.0f} to {isp[2]:.0f} s, {density:.0f} kg/m3")

# %% [markdown]
# ## The stage
#
# `replace` makes another mission of the library's LVM3: other propellant, other Isp, and a core
# that is cut off when it has burnt the share that LVM3's own uses.

# %%
mission = yaan.load("lvm3-leo")
stage = mission.plan.ascent.vehicle.stages["l110"]
thrust = stage.engine_count * stage.engine.thrust  # [N]
flow = thrust / (stage.engine.isp * G0)  # [kg/s]
IGNITION, CUT_OFF = 106.94, 301.94  # [s] after lift-off, of the mission
used = flow * (CUT_OFF - IGNITION) / stage.propellant
volume = stage.propellant / engines["N2O4/UH25"][1]  # [m3]


def with_core(isp: float, density: float) -> yaan.Mission:
    """The mission with a core of this Isp [s], its tanks full of that density [kg/m3]."""
    mass = density * volume
    cut = IGNITION + used * mass * isp * G0 / thrust
    return mission.replace(
        {
            f"{CORE}.propellant": f"{mass:.1f} kg",
            f"{CORE}.engine.isp": f"{isp:.3f} s",
            "phases.core-with-fairing.until.time": f"{cut:.2f} s",
            "phases.core.until.time": f"{cut:.2f} s",
            "phases.core-tail-off.until.time": f"{cut + 2.76:.2f} s",
            "phases.stage-gap.until.time": f"{cut + 5.16:.2f} s",
        }
    )


# %% [markdown]
# ## The payload
#
# The steering is solved anew for every payload that is tried.

# %%
for pair, (isp, density) in engines.items():
    (payload,) = with_core(isp[1], density).capability(["300 km"])["payload"].values.ravel()
    mass = density * volume / 1e3
    print(f"{pair}: {mass:.1f} t of propellant, {isp[1]:.1f} s: {payload:.0f} kg to 300 km")

# %% [markdown]
# How much of that is the losses? Methane's are the least known: both ends of what was assumed.

# %%
isp, density = engines["LOX/CH4"]
ends = [with_core(one, density).capability(["300 km"])["payload"].item() for one in isp[::2]]
print(f"LOX/CH4 from {min(ends):.0f} to {max(ends):.0f} kg")
