// The system's libcrypto (OpenSSL), found by pkg-config.
#pragma once
#include <openssl/evp.h>
