from libs.launch.cli import main
from services.intake.app import SERVICE

raise SystemExit(main(SERVICE))
