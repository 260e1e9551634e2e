# %% [markdown]
# # A first study: how steep should a capsule come in?
#
# A capsule enters from a low orbit, held up by a little lift. Steeper is shorter and takes up less
# heat; what the crew feels depends more on the lift. This notebook flies a few entries, looks at
# one, and holds them against the first.
#
# It is a script in the percent format: open it as a notebook in Jupyter (with Jupytext), VS Code or
# Spyder, or run it as it is.

# %%
import yaan

mission = yaan.load("capsule-entry")
flight = mission.fly()
flight  # a notebook shows its outcome, key numbers and timeline

# %% [markdown]
# Every value of the mission has a dotted key. `replace` makes another mission; several keys are
# replaced together and checked once.

# %%
steep = mission.replace("interface.flight_path_angle", "-2.5 deg").fly()
ballistic = mission.replace(
    {"interface.flight_path_angle": "-2.5 deg", "capsule.aerodynamics.lift_scale": 0.0}
).fly()
for one in (flight, steep, ballistic):
    print(f"{one.entry.peak_load.value_g:5.2f} g, {one.entry.duration:4.0f} s in the entry")

# %% [markdown]
# A key or a value that is wrong is told with what was expected, each of them at once.

# %%
try:
    mission.replace({"interface.flight_path_angle": "-2.5 km", "capsule.mas": "5 t"})
except yaan.InputError as error:
    print(error)

# %% [markdown]
# Columns of the history are drawn against time; `flight.history` has their names, and
# `flight.trajectory` holds them with their units.

# %%
figure = steep.plot("height", "load", "heat_flux_stagnation")
figure  # or figure.write_html("steep.html")

# %% [markdown]
# Flights are compared by what differs in input, and by how much their results changed.

# %%
study = yaan.compare(flight, steep, ballistic, names=("shallow", "steep", "ballistic"))
print(study)
study.save("compare.html")  # curves over each other, differences, times of events
study

# %% [markdown]
# A table over many flights is a loop.

# %%
for angle in (1.2, 1.4, 1.6, 1.8, 2.0):
    one = mission.replace("interface.flight_path_angle", f"-{angle} deg").fly()
    heat = one.entry.heat_load / 1e6  # [MJ/m^2]
    print(f"-{angle} deg: {one.entry.peak_load.value_g:.2f} g, {heat:.0f} MJ/m2")
