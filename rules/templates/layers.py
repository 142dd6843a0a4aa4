# ok: domain-imports-outward
from app.domain import order

# ok: library-not-used-here
from app.http_client import get

# ok: private-module-of-neighbour
from app.orders.model import Order

# ruleid: domain-imports-outward
from app.web import views

# ruleid: domain-imports-outward
from app.storage.tables import orders

# ruleid: library-not-used-here
import requests

# ruleid: private-module-of-neighbour
from app.orders._totals import add_up
