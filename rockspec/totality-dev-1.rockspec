rockspec_format = "3.0"
package = "totality"
version = "dev-1"

-- Made from the checkout: luarocks --lua-version 5.4 make
source = { url = "file://." }

description = {
   summary = "Recognises total eclipses in the light curves of contact binary stars",
   detailed = [[
      A model of contact binary stars, the observation of their light curves by surveys, and small
      convolutional networks that tell total from partial eclipses. A C core under a Lua API.
   ]],
   license = "MIT",
   labels = { "astronomy", "machine-learning" },
}

supported_platforms = { "unix" }

dependencies = { "lua >= 5.4, < 5.5" }

-- Only the library of OpenBLAS is asked for: its header is in a directory that LuaRocks does not
-- search on Debian, and that pkg-config names to the Makefile.
external_dependencies = {
   OPENBLAS = { library = "openblas" },
   PNG = { header = "png.h", library = "png" },
   CFITSIO = { header = "fitsio.h", library = "cfitsio" },
   EXPAT = { header = "expat.h", library = "expat" },
   ZLIB = { header = "zlib.h", library = "z" },
}

build = {
   type = "make",
   build_variables = {
      BUILD = "build/rock",
      CC = "$(CC)",
      -- The level of the checkout's own build, so that both give the same numbers.
      CFLAGS = "$(CFLAGS) -O3",
      LIBFLAG = "$(LIBFLAG)",
      LUA_INCDIR = "$(LUA_INCDIR)",
      OPENBLAS_LIBDIR = "$(OPENBLAS_LIBDIR)",
      PNG_INCDIR = "$(PNG_INCDIR)",
      PNG_LIBDIR = "$(PNG_LIBDIR)",
      CFITSIO_INCDIR = "$(CFITSIO_INCDIR)",
      CFITSIO_LIBDIR = "$(CFITSIO_LIBDIR)",
      EXPAT_INCDIR = "$(EXPAT_INCDIR)",
      EXPAT_LIBDIR = "$(EXPAT_LIBDIR)",
      ZLIB_INCDIR = "$(ZLIB_INCDIR)",
      ZLIB_LIBDIR = "$(ZLIB_LIBDIR)",
   },
   install_variables = {
      BUILD = "build/rock",
      CC = "$(CC)",
      CFLAGS = "$(CFLAGS) -O3",
      LIBFLAG = "$(LIBFLAG)",
      LUA_INCDIR = "$(LUA_INCDIR)",
      OPENBLAS_LIBDIR = "$(OPENBLAS_LIBDIR)",
      PNG_INCDIR = "$(PNG_INCDIR)",
      PNG_LIBDIR = "$(PNG_LIBDIR)",
      CFITSIO_INCDIR = "$(CFITSIO_INCDIR)",
      CFITSIO_LIBDIR = "$(CFITSIO_LIBDIR)",
      EXPAT_INCDIR = "$(EXPAT_INCDIR)",
      EXPAT_LIBDIR = "$(EXPAT_LIBDIR)",
      ZLIB_INCDIR = "$(ZLIB_INCDIR)",
      ZLIB_LIBDIR = "$(ZLIB_LIBDIR)",
      PREFIX = "$(PREFIX)",
      LUADIR = "$(LUADIR)",
      LIBDIR = "$(LIBDIR)",
      BINDIR = "$(BINDIR)",
   },
   copy_directories = { "docs", "examples" },
}

test = { type = "command", command = "make test" }
