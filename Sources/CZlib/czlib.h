// The system's zlib, found by pkg-config.
#pragma once
#include <zlib.h>
