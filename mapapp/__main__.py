"""`python -m mapapp` is `mapapp`."""

from mapapp.cli import main

if __name__ == "__main__":
    main(prog_name="mapapp")
