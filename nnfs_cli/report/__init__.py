"""The report: an evaluation as one web page that needs nothing but itself.

Everything here is imported only when a page is made: Jinja2 and Matplotlib are the extra `report`.
"""

import logging

# where its cache of fonts is, and that it cannot be written, is nothing that the user asked for
logging.getLogger("matplotlib").setLevel(logging.ERROR)
