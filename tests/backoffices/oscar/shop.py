"""A shop made of django-oscar, whose admin nobody here wrote: settings, addresses, and sample orders, in one file.

    python shop.py migrate                              its tables
    python shop.py seed 60                              so many orders, all Pending
    python shop.py runserver --noreload 127.0.0.1:8000  with --while-stdin-open: ends when its standard input does

OSCAR_SHOP_FOLDER names the folder in which everything lies that it keeps. Its Python is that of `bootstrap.py setup`.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.servers.basehttp import WSGIRequestHandler
from oscar import defaults

from tests.backoffices.oscar.trouble import Trouble

HERE = Path(__file__).resolve().parent
FOLDER = Path(os.environ["OSCAR_SHOP_FOLDER"])
ADMIN = ("admin", "admin@example.test", "admin-pass-1")
GOODS = (
    ("TOTE-01", "Canvas tote bag", "18.50"),
    ("MUG-02", "Enamel mug", "12.00"),
    ("SOCK-03", "Wool socks", "9.90"),
)
BUYERS = (("Ada", "Byron"), ("Grace", "Murray"), ("Alan", "Mathison"), ("Barbara", "Jane"))
SHIPPING = Decimal(5)

DJANGOS = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "flatpages")
OSCARS = (
    ("analytics", "Analytics"),
    ("checkout", "Checkout"),
    ("address", "Address"),
    ("shipping", "Shipping"),
    ("catalogue", "Catalogue"),
    ("catalogue.reviews", "CatalogueReviews"),
    ("communication", "Communication"),
    ("partner", "Partner"),
    ("basket", "Basket"),
    ("payment", "Payment"),
    ("offer", "Offer"),
    ("order", "Order"),
    ("customer", "Customer"),
    ("search", "Search"),
    ("voucher", "Voucher"),
    ("wishlists", "Wishlists"),
    ("dashboard", "Dashboard"),
    ("dashboard.reports", "ReportsDashboard"),
    ("dashboard.users", "UsersDashboard"),
    ("dashboard.orders", "OrdersDashboard"),
    ("dashboard.catalogue", "CatalogueDashboard"),
    ("dashboard.offers", "OffersDashboard"),
    ("dashboard.partners", "PartnersDashboard"),
    ("dashboard.pages", "PagesDashboard"),
    ("dashboard.ranges", "RangesDashboard"),
    ("dashboard.reviews", "ReviewsDashboard"),
    ("dashboard.vouchers", "VouchersDashboard"),
    ("dashboard.communications", "CommunicationsDashboard"),
    ("dashboard.shipping", "ShippingDashboard"),
)
OTHERS = ("widget_tweaks", "haystack", "treebeard", "django_tables2")
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
)
IN_TEMPLATES = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.i18n",
    "django.template.context_processors.media",
    "django.template.context_processors.static",
    "django.contrib.messages.context_processors.messages",
    "oscar.apps.search.context_processors.search_form",
    "oscar.apps.checkout.context_processors.checkout",
    "oscar.apps.communication.notifications.context_processors.notifications",
    "oscar.core.context_processors.metadata",
)
WAYS = {"Pending": ("Shipped", "Cancelled"), "Shipped": (), "Cancelled": ()}


class NoMigrations(dict[str, None]):
    """Tables are made from the models as they are now: a second, where oscar's history of migrations takes ten."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


def configure() -> None:
    """Tell Django what shop it is."""
    settings.configure(
        **{name: getattr(defaults, name) for name in dir(defaults) if name.isupper()}
        | {
            "SECRET_KEY": "local-only",
            "DEBUG": True,  # serves the static files, too
            "ALLOWED_HOSTS": ["127.0.0.1"],
            "ROOT_URLCONF": __name__,
            "WSGI_APPLICATION": f"{__name__}.application",
            "SITE_ID": 1,
            "STATIC_URL": "/static/",
            "MEDIA_URL": "/media/",
            "MEDIA_ROOT": str(FOLDER / "media"),
            "USE_TZ": True,
            "TIME_ZONE": "UTC",
            "LANGUAGE_CODE": "en",
            "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
            "DATABASES": {"default": database()},
            "MIGRATION_MODULES": NoMigrations(),
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
            "AUTHENTICATION_BACKENDS": ["oscar.apps.customer.auth_backends.EmailBackend"],
            "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],  # a login need not take a second
            "INSTALLED_APPS": [*apps()],
            "MIDDLEWARE": MIDDLEWARE,
            "TEMPLATES": [
                {
                    "BACKEND": "django.template.backends.django.DjangoTemplates",
                    "DIRS": [HERE / "templates"],  # which ask no other host for anything
                    "APP_DIRS": True,
                    "OPTIONS": {"context_processors": IN_TEMPLATES},
                }
            ],
            "OSCAR_SHOP_NAME": "Oscar shop",
            "OSCAR_INITIAL_ORDER_STATUS": "Pending",
            "OSCAR_INITIAL_LINE_STATUS": "Pending",
            "OSCAR_ORDER_STATUS_PIPELINE": WAYS,
            "OSCAR_LINE_STATUS_PIPELINE": WAYS,
        }
    )


def database() -> dict[str, Any]:
    """A file; a request that comes while another one writes waits for it."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "shop.sqlite3",
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"init_command": "PRAGMA synchronous=OFF", "transaction_mode": "IMMEDIATE", "timeout": 60},
    }


def apps() -> list[str]:
    """Django's, oscar's, and what oscar needs."""
    oscars = [f"oscar.apps.{path}.apps.{name}Config" for path, name in OSCARS]
    return [*(f"django.contrib.{name}" for name in DJANGOS), "oscar.config.Shop", *oscars, *OTHERS]


def __getattr__(name: str) -> Any:
    """What Django asks this module for, only once it has loaded its apps."""
    if name == "urlpatterns":
        return addresses()
    if name == "application":
        from django.core.wsgi import get_wsgi_application

        return Trouble(get_wsgi_application(), folder=FOLDER, end_sessions=end_sessions)
    raise AttributeError(name)


def addresses() -> list[Any]:
    """Where the pages are."""
    from django.apps import apps as loaded
    from django.urls import include, path

    oscars = loaded.get_app_config("oscar").urls[0]
    return [path("i18n/", include("django.conf.urls.i18n")), path("", include(oscars))]


def end_sessions() -> None:
    """Nobody is logged in any more."""
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


def seed(count: int) -> None:
    """Add so many orders that wait to be shipped; the same ones each time in an empty shop."""
    from django.contrib.auth import get_user_model
    from oscar.core.loading import get_model

    users = get_user_model().objects
    if not users.filter(username=ADMIN[0]).exists():
        users.create_superuser(*ADMIN)
    get_model("order", "ShippingEventType").objects.get_or_create(code="shipped", defaults={"name": "Shipped"})
    country, _ = get_model("address", "Country").objects.get_or_create(
        iso_3166_1_a2="DE", defaults={"printable_name": "Germany", "is_shipping_country": True}
    )
    products = stock()
    chance, first = random.Random(7), get_model("order", "Order").objects.count()
    for position in range(first, first + count):
        buyer = chance.choice(BUYERS)
        wanted = [(product, chance.randint(1, 3)) for product in chance.sample(products, chance.randint(1, 3))]
        place(position, buyer=buyer, wanted=wanted, country=country)


def stock() -> list[Any]:
    """The goods, made unless they are there."""
    from oscar.core.loading import get_model

    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Goods", defaults={"track_stock": False}
    )
    partner, _ = get_model("partner", "Partner").objects.get_or_create(name="Main warehouse")
    products = []
    for sku, title, price in GOODS:
        product, is_new = get_model("catalogue", "Product").objects.get_or_create(
            upc=sku, defaults={"title": title, "product_class": kind}
        )
        if is_new:
            product.stockrecords.create(partner=partner, partner_sku=sku, price=Decimal(price))
        products.append(product)
    return products


def place(position: int, *, buyer: tuple[str, str], wanted: Sequence[tuple[Any, int]], country: Any) -> None:
    """One order, as a guest places it."""
    from oscar.apps.order.utils import OrderCreator
    from oscar.apps.partner.strategy import Default
    from oscar.apps.shipping.methods import FixedPrice
    from oscar.core.loading import get_model
    from oscar.core.prices import Price

    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = Default()
    for product, quantity in wanted:
        basket.add_product(product, quantity)
    method = FixedPrice(charge_excl_tax=SHIPPING, charge_incl_tax=SHIPPING)
    address = get_model("order", "ShippingAddress").objects.create(
        first_name=buyer[0],
        last_name=buyer[1],
        line1=f"{position + 1} Market Street",
        line4="Berlin",
        postcode=f"{10000 + position}",
        country=country,
    )
    total = Price("GBP", excl_tax=basket.total_excl_tax + SHIPPING, incl_tax=basket.total_incl_tax + SHIPPING)
    OrderCreator().place_order(
        basket,
        total,
        method,
        method.calculate(basket),
        shipping_address=address,
        order_number=str(100001 + position),
        guest_email=f"buyer{position}@example.test",
    )
    basket.submit()


def end_with_stdin() -> None:
    """End this process as soon as whoever started it closes the pipe, or has died."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    Thread(target=wait, daemon=True).start()


def main(words: list[str]) -> None:
    """One command."""
    if "--while-stdin-open" in words:
        words.remove("--while-stdin-open")
        end_with_stdin()
    configure()
    if words[0] == "seed":
        from django.db import transaction

        django.setup()
        with transaction.atomic():
            seed(int(words[1]))
        return
    if words[0] == "migrate":
        words.append("--run-syncdb")
    WSGIRequestHandler.protocol_version = "HTTP/1.0"  # what gets no answer is hung up on, not left open
    execute_from_command_line([__file__, *words])


if __name__ == "__main__":
    main(sys.argv[1:])
