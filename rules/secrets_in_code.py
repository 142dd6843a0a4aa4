import os
import secrets


class Settings:
    # ok: hardcoded-secret
    password = ""
    # ok: hardcoded-secret
    api_key = "your-api-key-here-1"
    # ok: hardcoded-secret
    secret_key = os.environ["SECRET_KEY"]
    # ok: hardcoded-secret
    password_field = "x7Kq92mLpz"
    # ok: hardcoded-secret
    PASSWORD = "password"
    # ok: hardcoded-secret
    names = {"api_key": "YUAN2_API_KEY"}
    # ruleid: hardcoded-secret
    db_password = "x7Kq92mLpz"


def connect(client):
    # ok: hardcoded-secret
    client(host="db", password=os.environ["DB_PASSWORD"])
    # ruleid: hardcoded-secret
    client(host="db", password="x7Kq92mLpz")


# ok: provider-key-in-code
KEY_PATTERN = "AKIA[0-9A-Z]{16}"
# ok: provider-key-in-code
DOCUMENTED = "AKIAIOSFODNN7EXAMPLE"
# ruleid: provider-key-in-code
KEY = "AKIAQ7RTX2M4ZK9WPL3D"

# ok: private-key-in-code
HEADER = "-----BEGIN PRIVATE KEY-----"
# ruleid: private-key-in-code
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"

# ok: password-in-url
LOCAL = "postgresql://user:password@localhost/app"
# ok: password-in-url
PLAIN = "https://example.net/a:b@c"
# ruleid: password-in-url
DATABASE = "postgresql://app:x7Kq92mLpz@db.internal.net/app"

# ok: secret-with-default
PORT = os.environ.get("PORT", "8000")
# ok: secret-with-default
SECRET = os.environ.get("SECRET_KEY", "")
# ruleid: secret-with-default
JWT = os.environ.get("JWT_SECRET_KEY", "dev-secret-key-change-in-production")


def start(logger, user, api_key):
    # ok: secret-in-log
    logger.info("key set: %s", bool(api_key))
    # ok: secret-in-log
    logger.info(f"key ends in {api_key[-4:]}")
    # ok: secret-in-log
    print("password")
    if user is None:
        password = secrets.token_hex(8)
        # ok: secret-in-log
        logger.info("password of this run: %s", password)
    # ruleid: secret-in-log
    logger.info(f"using {api_key}")
    # ruleid: secret-in-log
    logger.debug("login of %s", user.password)
