"""Every test computes in 64 bits, as every public call of Yaan does."""

import jax

jax.config.update("jax_enable_x64", True)
