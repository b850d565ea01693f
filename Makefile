# totality: build, install, test. `make demo` and `make test` are all that a user needs.
#
# Variables that a packager or LuaRocks may set: CC, CFLAGS, LDFLAGS, LIBFLAG, LUA, LUA_INCDIR,
# LIBRARY_INCDIR and LIBRARY_LIBDIR for OPENBLAS, PNG, CFITSIO, EXPAT and ZLIB, PREFIX, LUADIR, LIBDIR, BINDIR,
# DESTDIR.
# What the project itself needs is appended, never taken from them.

CC ?= cc
CFLAGS ?= -O3
LIBFLAG ?= -shared
LUA ?= lua5.4
LUA_INCDIR ?= $(shell pkg-config --variable=includedir lua5.4 2>/dev/null)/lua5.4
WERROR ?= $(if $(CI),-Werror)

PREFIX ?= /usr/local
LUADIR ?= $(PREFIX)/share/lua/5.4
LIBDIR ?= $(PREFIX)/lib/lua/5.4
BINDIR ?= $(PREFIX)/bin

BUILD := build
LIBRARIES := openblas libpng cfitsio expat zlib
LIBRARY_CFLAGS = $(addprefix -I,$(OPENBLAS_INCDIR) $(PNG_INCDIR) $(CFITSIO_INCDIR) $(EXPAT_INCDIR) \
	$(ZLIB_INCDIR)) $(shell pkg-config --cflags $(LIBRARIES))
LIBRARY_LIBS = $(addprefix -L,$(OPENBLAS_LIBDIR) $(PNG_LIBDIR) $(CFITSIO_LIBDIR) $(EXPAT_LIBDIR) \
	$(ZLIB_LIBDIR)) $(shell pkg-config --libs $(LIBRARIES))
TOT_CFLAGS = -std=c11 -fPIC -fvisibility=hidden -fno-math-errno -fno-trapping-math -pthread \
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wpointer-arith \
	-Wwrite-strings -Wvla -Icsrc $(LIBRARY_CFLAGS)
# Kernels for one instruction set say so at the end of their file's name. Which of them may run is
# found out when the program runs.
ifneq ($(findstring x86_64,$(shell $(CC) -dumpmachine)),)
KERNEL_CFLAGS = $(if $(filter %_avx2.o,$@),-mavx2 -mfma) \
	$(if $(filter %_avx512.o,$@),$(AVX512)) \
	$(if $(filter %_avx512bf16.o,$@),$(AVX512) -mavx512bf16) \
	$(if $(filter %_amx.o,$@),$(AVX512) -mamx-tile -mamx-bf16)
AVX512 := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma
endif
TOT_LIBS = $(LIBRARY_LIBS) -lm -pthread

CORE_SOURCES := $(sort $(wildcard csrc/base/*.c csrc/binary/*.c csrc/curve/*.c csrc/image/*.c \
	csrc/inference/*.c csrc/io/*.c csrc/nn/*.c csrc/synthesis/*.c))
BINDING_SOURCES := $(sort $(wildcard csrc/lua/*.c))
TEST_SOURCES := $(sort $(wildcard tests/c/*.c))
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

CORE := $(BUILD)/libtotality.a
MODULE := $(BUILD)/lib/totality/core.so
LAUNCHER := build/totality
LAUNCHERS := $(LAUNCHER) build/lua

MAKEFLAGS += --no-print-directory
# On its own, make uses every processor; under a `make -j N` it keeps to that.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))

.DELETE_ON_ERROR:

.PHONY: all
all: $(MODULE) $(if $(filter build,$(BUILD)),$(LAUNCHERS)) ## build the module and the command build/totality

# Objects are made again when the compiler or its flags change, and what is linked from them when the
# list of sources or the flags of the linker change: these two files hold what was last used.
$(BUILD)/compiled_with: CONTENT = $(CC) $(CFLAGS) $(TOT_CFLAGS) $(LUA_INCDIR)
$(BUILD)/linked_with: CONTENT = $(LDFLAGS) $(LIBFLAG) $(TOT_LIBS) $(CORE_SOURCES) $(BINDING_SOURCES) $(TEST_SOURCES)
.PHONY: always
$(BUILD)/compiled_with $(BUILD)/linked_with: always
	@$(shell mkdir -p $(@D))$(file >$@.new,$(CONTENT))cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# The core is compiled without the path of Lua's headers: it can't include one.
$(call object,$(CORE_SOURCES)): $(BUILD)/obj/%.o: %.c $(BUILD)/compiled_with
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) $(KERNEL_CFLAGS) $(WERROR) -MMD -MP -c -o $@ $<

$(call object,$(BINDING_SOURCES)): $(BUILD)/obj/%.o: %.c $(BUILD)/compiled_with
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) $(WERROR) -I$(LUA_INCDIR) -MMD -MP -c -o $@ $<

$(CORE): $(call object,$(CORE_SOURCES)) $(BUILD)/linked_with
	@rm -f $@
	@$(AR) rcs $@ $(filter %.o,$^)

$(MODULE): $(call object,$(BINDING_SOURCES)) $(CORE) $(BUILD)/linked_with
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(LIBFLAG) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(TOT_LIBS)

$(LAUNCHERS): tools/checkout.sh
	@mkdir -p $(@D)
	@install -m 755 $< $@

# Check's suites, one program; each file tests/c/test_NAME.c gives `Suite *NAME_suite(void)`.
# The allocation functions are wrapped so that tests/c/failing_allocator.h can make them fail.
WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc
$(call object,$(TEST_SOURCES)): $(BUILD)/obj/%.o: %.c $(BUILD)/compiled_with
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) $(WERROR) -Itests/c $(shell pkg-config --cflags check) -MMD -MP -c -o $@ $<

$(BUILD)/test_core: $(call object,$(TEST_SOURCES)) $(CORE) $(BUILD)/linked_with
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $(WRAP) -o $@ $(filter %.o %.a,$^) $(shell pkg-config --libs check) $(TOT_LIBS)

-include $(patsubst %.o,%.d,$(call object,$(CORE_SOURCES) $(BINDING_SOURCES) $(TEST_SOURCES)))

LUA_ENVIRONMENT = LUA_PATH_5_4="$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;" \
	LUA_CPATH_5_4="$(CURDIR)/$(BUILD)/lib/?.so;;"

.PHONY: demo
demo: ## classify the example stars: pictures, a table of verdicts and a report in demo/
	@tools/dependencies.sh build
	@$(MAKE) $(PARALLEL) all
	@mkdir -p demo
	@$(LAUNCHER) classify --catalogue examples/curves/catalogue.csv --images demo/images \
		--output demo/verdicts.csv
	@echo
	@$(LUA) tools/show_csv.lua demo/verdicts.csv
	@echo
	@$(LAUNCHER) report --verdicts demo/verdicts.csv --images demo/images --labels examples/curves/catalogue.csv \
		--label-column eclipse_in_literature --title "The example stars" --output demo/report.html
	@echo "The report, with what a network saw, is demo/report.html; the table is demo/verdicts.csv."

# ---- tests ----------------------------------------------------------------------------------

.PHONY: test check-c check-lua check-core-alone check-rock check-docs check-dependencies check-lint
test: ## everything below that begins with check-; the last line counts
	@+MAKE="$(MAKE) $(PARALLEL)" tests/run

# Check's own limit of 4 seconds a test is too short for a busy machine.
export CK_DEFAULT_TIMEOUT ?= 60
check-c: $(BUILD)/test_core ## the suites of the C core
	@$(RUN_UNDER) $(BUILD)/test_core

BUSTED = $(shell command -v busted 2>/dev/null)
check-lua: $(MODULE) $(LAUNCHERS) ## the specifications of the Lua layer
	@$(LUA_ENVIRONMENT) $(RUN_UNDER) $(LUA) $(BUSTED) $(BUSTED_FLAGS)

check-core-alone: $(CORE) ## the core neither includes nor calls Lua
	@CC="$(CC)" CFLAGS="$(TOT_CFLAGS)" tests/core_alone.sh $(CORE)

check-rock: ## install as a rock into a fresh tree, use it from there, remove it
	@tests/rock.sh

check-docs: $(MODULE) ## docs/api says what the sources say
	@rm -rf $(BUILD)/docs
	@$(LUA_ENVIRONMENT) $(LUA) tools/make_docs.lua $(BUILD)/docs
	@diff -ruN docs/api $(BUILD)/docs/api && diff -uN docs/types/totality.lua $(BUILD)/docs/types/totality.lua || \
		{ echo "docs/ is behind the sources: run make docs"; exit 1; }

check-dependencies: ## tools/dependencies.sh asks and installs as it should
	@tests/dependencies.sh

check-lint lint: ## formatting of C, luacheck, shellcheck
	@status=0; \
	clang-format --dry-run --Werror $(C_FILES) || status=1; \
	luacheck --quiet --no-color $(wildcard lua models examples tools tests) || status=1; \
	shellcheck $(SHELL_FILES) || status=1; \
	exit $$status

C_FILES = $(shell find csrc tests -name '*.[ch]')
SHELL_FILES = $(shell grep -rlE '^\#!/(bin/|usr/bin/env )(ba)?sh' .ci tests tools)

# The sanitizers are preloaded because Lua itself is built without them; a dlclose that does nothing
# keeps the module mapped, so that reports made at exit name its files and lines.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
RUN_SANITIZED = LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libubsan.so) $(CURDIR)/build/asan/keep_loaded.so"
.PHONY: asan valgrind
asan: ## C and Lua tests under the address and undefined-behaviour sanitizers
	@tools/dependencies.sh build test
	@mkdir -p build/asan
	@$(CC) -shared -fPIC -o build/asan/keep_loaded.so tests/keep_loaded.c
	@$(MAKE) $(PARALLEL) BUILD=build/asan CFLAGS="-O1 -g $(SANITIZE)" LDFLAGS="$(SANITIZE)" \
		build/asan/test_core build/asan/lib/totality/core.so
	CK_FORK=no build/asan/test_core
	$(subst $(BUILD)/lib,build/asan/lib,$(LUA_ENVIRONMENT)) $(RUN_SANITIZED) $(LUA) $(BUSTED) $(BUSTED_FLAGS)

valgrind: ## C and Lua tests under valgrind
	@tools/dependencies.sh build test valgrind
	@$(MAKE) check-c check-lua CK_FORK=no \
		RUN_UNDER="valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9 --keep-debuginfo=yes"

# Each reader is fed damaged files; what it finds is left as crash-* in build/fuzz. No part of the tests.
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_SANITIZE := address,undefined -fno-sanitize-recover=undefined
FUZZED := $(call object,$(sort $(wildcard csrc/base/*.c csrc/io/*.c) csrc/curve/robust.c))
.PHONY: fuzz
fuzz: ## feed the readers with damaged files, FUZZ_SECONDS each (needs clang; build/fuzz)
	@tools/dependencies.sh build fuzz
	@$(MAKE) $(PARALLEL) BUILD=build/fuzz CC=clang CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,$(FUZZ_SANITIZE)" \
		$(FUZZERS:%=build/fuzz/bin/%)
	@$(LUA) tests/fuzz/make_seeds.lua build/fuzz/seeds
	@for name in $(FUZZERS); do \
		echo "  FUZZ $$name"; \
		mkdir -p build/fuzz/corpus/$$name; \
		build/fuzz/bin/$$name -max_total_time=$(FUZZ_SECONDS) -timeout=30 -max_len=20000 -verbosity=0 \
			-print_final_stats=1 -artifact_prefix=build/fuzz/crash-$$name- \
			build/fuzz/corpus/$$name build/fuzz/seeds/$$name || exit 1; \
	done

$(BUILD)/bin/%: tests/fuzz/%.c $(FUZZED)
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) -fsanitize=fuzzer,$(FUZZ_SANITIZE) -o $@ $^ $(TOT_LIBS)

# ---- measurements ---------------------------------------------------------------------------

# No part of the tests.
.PHONY: bench bench-peers
bench: all $(BUILD)/bench_binary $(BUILD)/bench_network ## times and accuracy of the binary model, speed of networks, readers, training
	@$(BUILD)/bench_binary
	@echo
	@$(LUA_ENVIRONMENT) $(LUA) tests/bench/accuracy.lua
	@echo
	@$(LUA_ENVIRONMENT) $(LUA) tests/bench/network.lua
	@echo
	@$(LUA_ENVIRONMENT) $(LUA) tests/bench/readers.lua
	@echo
	@$(LUA_ENVIRONMENT) $(LUA) tests/bench/training_split.lua
	@echo
	@$(LUA_ENVIRONMENT) $(LUA) tests/bench/judges.lua

bench-peers: all $(BUILD)/bench_network ## the networks against PyTorch and ONNX Runtime, which it installs
	@tools/dependencies.sh build bench
	@tests/bench/install_peers.sh $(BUILD)/peers
	@$(LUA_ENVIRONMENT) $(LUA) tests/bench/peers.lua

$(BUILD)/bench_%: tests/bench/%.c $(CORE)
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(TOT_CFLAGS) $(WERROR) $(LDFLAGS) -o $@ $^ $(TOT_LIBS)

# ---- for people -----------------------------------------------------------------------------

.PHONY: docs format repl clean help
docs: $(MODULE) ## make docs/api and docs/types again from the comments in the sources
	@rm -rf docs/api docs/types
	@$(LUA_ENVIRONMENT) $(LUA) tools/make_docs.lua docs

format: ## format the C files
	clang-format -i $(C_FILES)

repl: all ## Lua with totality loaded
	@$(LUA_ENVIRONMENT) $(LUA) -i -l totality

clean: ## remove what make made
	rm -rf build demo

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\)[^:]*:.*## \(.*\)/\1\t\2/p' Makefile | expand -t 20

# ---- installation ---------------------------------------------------------------------------

# The definitions and weights of models/ become totality.models.NAME; in the checkout the symbolic
# link lua/totality/models stands for them (find leaves it out).
.PHONY: install
install: all ## install into LUADIR, LIBDIR and BINDIR (LuaRocks sets them), below DESTDIR
	install -d "$(DESTDIR)$(LUADIR)/totality/models" "$(DESTDIR)$(LIBDIR)/totality" "$(DESTDIR)$(BINDIR)"
	install -m 755 $(MODULE) "$(DESTDIR)$(LIBDIR)/totality/core.so"
	cd lua && find totality -type f -name '*.lua' | while read -r file; do \
		install -D -m 644 $$file "$(DESTDIR)$(LUADIR)/$$file" || exit 1; done
	for file in $(wildcard models/*.lua models/*.safetensors); do \
		install -m 644 $$file "$(DESTDIR)$(LUADIR)/totality/models/" || exit 1; done
	install -m 755 tools/totality.lua "$(DESTDIR)$(BINDIR)/totality"
