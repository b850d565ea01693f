# totality: build, install, test. `make demo` and `make test` are all that a user needs.
#
# Variables that a packager or LuaRocks may set: CC, CFLAGS, LDFLAGS, LIBFLAG, LUA, LUA_INCDIR,
# LUADIR, LIBDIR, BINDIR. What the project itself needs is appended, never taken from them.

CC ?= cc
CFLAGS ?= -O3
LIBFLAG ?= -shared
LUA ?= lua5.4
LUA_INCDIR ?= $(shell pkg-config --variable=includedir lua5.4 2>/dev/null)/lua5.4
WERROR ?= $(if $(CI),-Werror)

BUILD := build
LIBRARIES := openblas libpng
TOT_CFLAGS = -std=c11 -fPIC -fvisibility=hidden -fno-math-errno -fno-trapping-math -pthread \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wpointer-arith \
	-Wwrite-strings -Wvla $(WERROR) -Icsrc $(shell pkg-config --cflags $(LIBRARIES))
TOT_LIBS = $(shell pkg-config --libs $(LIBRARIES)) -lm -pthread

CORE_SOURCES := $(sort $(wildcard csrc/base/*.c csrc/binary/*.c csrc/curve/*.c csrc/image/*.c \
	csrc/io/*.c csrc/nn/*.c))
BINDING_SOURCES := $(sort $(wildcard csrc/lua/*.c))
TEST_SOURCES := $(sort $(wildcard tests/c/*.c))
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

CORE := $(BUILD)/libtotality.a
MODULE := $(BUILD)/lib/totality/core.so

.PHONY: all
all: $(MODULE)

# The core is compiled without the path of Lua's headers: it can't include one.
$(call object,$(CORE_SOURCES)): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) -MMD -MP -c -o $@ $<

$(call object,$(BINDING_SOURCES)): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) -I$(LUA_INCDIR) -MMD -MP -c -o $@ $<

$(CORE): $(call object,$(CORE_SOURCES))
	@rm -f $@
	@$(AR) rcs $@ $^

$(MODULE): $(call object,$(BINDING_SOURCES)) $(CORE)
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(LIBFLAG) $(LDFLAGS) -o $@ $^ $(TOT_LIBS)

# Check's suites, one program; each file tests/c/test_NAME.c gives `Suite *NAME_suite(void)`.
$(call object,$(TEST_SOURCES)): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) -Itests/c $(shell pkg-config --cflags check) -MMD -MP -c -o $@ $<

$(BUILD)/test_core: $(call object,$(TEST_SOURCES)) $(CORE)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(TOT_LIBS)

-include $(patsubst %.o,%.d,$(call object,$(CORE_SOURCES) $(BINDING_SOURCES) $(TEST_SOURCES)))

LUA_ENVIRONMENT = LUA_PATH_5_4="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;" \
	LUA_CPATH_5_4="$(CURDIR)/$(BUILD)/lib/?.so;;"

.PHONY: check-c check-lua
check-c: $(BUILD)/test_core
	$(BUILD)/test_core

check-lua: $(MODULE)
	$(LUA_ENVIRONMENT) $(LUA) /usr/bin/busted

.PHONY: repl
repl: $(MODULE)
	$(LUA_ENVIRONMENT) $(LUA) -i -l totality

.PHONY: format lint clean
format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

lint:
	clang-format --dry-run --Werror $(shell git ls-files '*.c' '*.h')
	luacheck --quiet lua models examples tests/lua

clean:
	rm -rf $(BUILD)
