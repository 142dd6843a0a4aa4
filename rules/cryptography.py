import hashlib
import hmac
import os
import random
import secrets

import jwt
from Crypto.Cipher import AES, DES
from cryptography.hazmat.primitives.asymmetric import rsa


def store(password, salt, content):
    # ok: weak-password-hash
    hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    # ok: weak-password-hash, broken-hash
    hashlib.sha256(content)
    # ok: weak-password-hash, broken-hash
    hashlib.md5(challenge + password)
    # ruleid: weak-password-hash
    return hashlib.sha256(password.encode()).hexdigest()


def store_salted(password, salt):
    # ruleid: weak-password-hash, broken-hash
    return hashlib.md5((password + salt).encode()).hexdigest()


def cache_key(content):
    # ok: broken-hash
    hashlib.md5(content, usedforsecurity=False)
    # ok: broken-hash
    hashlib.sha256(content)
    # ok: broken-hash
    hashlib.sha1(content)
    # ruleid: broken-hash
    return hashlib.sha1(content + signing_key).hexdigest()


def invite(letters, users):
    # ok: predictable-secret
    token = secrets.token_urlsafe()
    # ok: predictable-secret
    winner = random.choice(users)
    # ruleid: predictable-secret
    password = "".join(random.choice(letters) for _ in range(12))
    # ruleid: predictable-secret
    reset_token = str(random.randint(0, 10**6))
    return token, winner, password, reset_token


def encrypt(key, nonce, data):
    # ok: weak-cipher
    AES.new(key, AES.MODE_GCM, nonce=nonce)
    # ruleid: weak-cipher
    AES.new(key, AES.MODE_ECB)
    # ruleid: weak-cipher
    return DES.new(key)


def key():
    # ok: short-key
    rsa.generate_private_key(public_exponent=65537, key_size=3072)
    # ruleid: short-key
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


def derive(secret, salt):
    # ok: few-key-derivation-rounds, fixed-salt
    hashlib.pbkdf2_hmac("sha256", secret, salt, 600_000)
    # ok: fixed-salt
    hashlib.scrypt(secret, salt=os.urandom(16), n=2**14, r=8, p=1)
    # ruleid: few-key-derivation-rounds
    hashlib.pbkdf2_hmac("sha256", secret, salt, 1000)
    # ruleid: fixed-salt
    return hashlib.pbkdf2_hmac("sha256", secret, b"salt", 600_000)


def verify(secret, body, signature, kind, token, node):
    expected = hmac.new(secret, body, "sha256").hexdigest()
    # ok: timing-unsafe-comparison
    if hmac.compare_digest(expected, signature):
        return True
    # ok: timing-unsafe-comparison
    if kind == "signature":
        return False
    # ok: timing-unsafe-comparison
    if signature == self._signature:
        return False
    # ok: timing-unsafe-comparison
    if token == node.end:
        return False
    # ruleid: timing-unsafe-comparison
    return expected == signature


def authorised(request, settings, expected_signature):
    # ruleid: timing-unsafe-comparison
    if request.signature != expected_signature:
        return False
    # ruleid: timing-unsafe-comparison
    return request.api_key == settings.api_key


def claims(token, key):
    # ok: jwt-not-verified, jwt-algorithm-from-token
    jwt.decode(token, key, algorithms=["HS256"])
    # ok: jwt-not-verified
    jwt.decode(token, key, algorithms=["HS256"], options={"verify_aud": False})
    # ruleid: jwt-not-verified
    jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    # ruleid: jwt-algorithm-from-token
    return jwt.decode(token, key, algorithms=[header["alg"]])
