"""Programmes of JAX as native code: traced for one lane, compiled by LLVM, flown lanes abreast."""
