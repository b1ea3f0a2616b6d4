"""Alma Copperworks: a small store made with Flask, with Vefa in front of it and inside its admin."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, session
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

from flask_store import admin, shop, words
from flask_store.models import Staff, db
from flask_store.seed import seed
from vefa import Vefa

HERE = Path(__file__).parent
csrf = CSRFProtect()
migrate = Migrate(directory=str(HERE / "migrations"))


def signed_in() -> dict[str, object] | None:
    """Name the signed-in member of staff to Vefa, which asks at every request for its panel."""
    who = db.session.get(Staff, session.get("staff", 0))
    return {"email": who.email, "name": who.name, "role": who.role, "stores": [words.STORE]} if who else None


def create_app() -> Flask:
    """Return the store's application; everything it writes lies in the folder that SHOP_FOLDER names."""
    folder = Path(os.environ.get("SHOP_FOLDER", HERE.parents[1] / "var" / "flask_store")).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ.get("SHOP_SECRET_KEY", "only for trying out"),
        SQLALCHEMY_DATABASE_URI=os.environ.get("SHOP_DATABASE_URL", f"sqlite:///{folder}/shop.db"),
        SESSION_COOKIE_SAMESITE="Lax",
        VEFA_DATABASE=folder / "vefa" / "vefa.db",
        VEFA_STORES=[words.STORE],
        VEFA_SIGN_IN_URL="/admin/sign-in",
    )
    db.init_app(app)
    migrate.init_app(app, db)
    csrf.init_app(app)
    app.register_blueprint(shop.blueprint)
    app.register_blueprint(admin.blueprint)
    app.cli.add_command(seed)
    app.jinja_env.filters["money"] = words.money
    app.jinja_env.filters["day"] = words.day
    app.jinja_env.globals.update(basket_size=shop.basket_size, me=admin.me, store=words.STORE)
    Vefa(app, staff=signed_in)
    return app
