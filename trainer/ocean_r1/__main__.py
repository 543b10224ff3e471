import sys

from ocean_r1.cli import main

sys.exit(main())
