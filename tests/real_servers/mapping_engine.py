"""What Keystone's own mapping engine makes of claims: `keystone-manage mapping_engine` for many at once.

The first line of standard input is a mapping, each further one the environment of a login; each gets one line of
standard output: the projects, or why there are none. Run by the Python of Keystone's virtual environment.
"""

import json
import sys

import keystone.conf
from keystone.federation import utils

keystone.conf.configure()
mapping = json.loads(sys.stdin.readline())
for line in sys.stdin:
    try:
        # The engine writes into the rules.
        processor = utils.create_attribute_mapping_rules_processor(json.loads(json.dumps(mapping)))
        said = {"projects": processor.process(json.loads(line))["projects"]}
    except Exception as error:  # Whatever it is, the login ends with it.
        said = {"refused": f"{type(error).__name__}: {error}"}
    print(json.dumps(said), flush=True)
