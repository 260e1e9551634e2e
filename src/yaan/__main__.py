"""`python -m yaan` is `yaan`."""

from yaan.cli.app import main

if __name__ == "__main__":
    main()
