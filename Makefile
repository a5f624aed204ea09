# streamkit: small Unix filters over endless streams. GNU make.
#
#   make                 build everything into build/
#   make install         PREFIX (/usr/local) and DESTDIR are honoured; also: make uninstall
#   make check           every test; "make check-unit" and "make check-tools" are its parts
#   make accuracy        the tests of accuracy in their long form, and what they measured
#   make sanitize        the tests again under AddressSanitizer and UndefinedBehaviorSanitizer
#   make fuzz            fuzz the decoders, FUZZ_SECONDS (60) each; needs clang
#   make oracle          images there and back with Apache DataSketches' Python package (ORACLE_PYTHON)
#   make bench           timings against wc -l and the peers on PATH
#   make bench-updates   nanoseconds per update of each sketch (BENCH_PYTHON: one that has Apache DataSketches)
#   make demo            the tools at work
#   make completions     write completions/ anew from the option tables
#   make dist            streamkit-VERSION.tar.gz
#
# BUILD=DIR builds elsewhere, so that several builds (CC=clang, SANITIZE=1) live side by side. Libraries that
# compress sketches and unpack input are taken where they are found: libzstd, ISA-L or else zlib, liblzma, libbz2.
# ZSTD=no, ISAL=no, ZLIB=no, LZMA=no and BZLIB=no do without.

VERSION = 0.1.0
SOVERSION = 0

CC ?= cc
AR ?= ar
INSTALL ?= install
BUILD ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wcast-qual -Wpointer-arith -Wwrite-strings -Wundef
ifdef WERROR
WARNINGS += -Werror
endif
ifdef SANITIZE
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# Found by trying. What pkg-config does not know of may be there all the same.
# $(call library,NAME,PKG-CONFIG'S NAME,LINKER'S NAME,HEADERS,EXPRESSION): sets NAME_CFLAGS, NAME_LIBS; empty if it is not there.
define library
$(1)_CFLAGS :=
$(1)_LIBS :=
ifneq ($$($(1)),no)
$(1)_CFLAGS := $$(shell pkg-config --cflags $(2) 2>/dev/null)
$(1)_LIBS := $$(or $$(shell pkg-config --libs $(2) 2>/dev/null),-l$(3))
ifeq ($$(shell echo 'int main(void) { return $(5); }' | $$(CC) $$(CPPFLAGS) $$($(1)_CFLAGS) $$(CFLAGS) -g0 \
    $(4:%=-include %) -x c -o /dev/null - $$(LDFLAGS) $$($(1)_LIBS) 2>/dev/null && echo found),found)
$(1)_CFLAGS += -DSK_HAVE_$(1)
else
$(1)_CFLAGS :=
$(1)_LIBS :=
MISSING += $(1)
endif
endif
endef
MISSING :=
$(eval $(call library,ZSTD,libzstd,zstd,zstd.h zstd_errors.h,ZSTD_compress2(0, 0, 0, 0, 0) != ZSTD_findFrameCompressedSize(0, 0)))
$(eval $(call library,ISAL,libisal,isal,isa-l/igzip_lib.h,isal_inflate(0) == ISAL_BLOCK_FINISH))
ifeq ($(ISAL_LIBS),)
$(eval $(call library,ZLIB,zlib,z,zlib.h,inflate(0, 0)))
MISSING := $(if $(ZLIB_LIBS),$(MISSING:ISAL=),$(MISSING))
endif
$(eval $(call library,LZMA,liblzma,lzma,lzma.h,lzma_stream_decoder(0, 0, LZMA_CONCATENATED)))
$(eval $(call library,BZLIB,bzip2,bz2,bzlib.h,BZ2_bzDecompress(0)))

WITHOUT = echo '$(1): building without it, $(2) will be refused' >&2;
MISSING_SAID = $(if $(filter ZSTD,$(MISSING)),$(call WITHOUT,zstd is missing (library and zstd.h$(comma) 1.4.0 or later),--zstd and .zst input)) \
    $(if $(filter ZLIB,$(MISSING)),$(call WITHOUT,isa-l and zlib are missing (one of the libraries and its header),.gz input)) \
    $(if $(filter LZMA,$(MISSING)),$(call WITHOUT,liblzma is missing (library and lzma.h),.xz input)) \
    $(if $(filter BZLIB,$(MISSING)),$(call WITHOUT,libbz2 is missing (library and bzlib.h),.bz2 input))
comma := ,
PACKER_CFLAGS = $(ZSTD_CFLAGS) $(ISAL_CFLAGS) $(ZLIB_CFLAGS) $(LZMA_CFLAGS) $(BZLIB_CFLAGS)
LIBS = $(strip $(ZSTD_LIBS) $(ISAL_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS) $(BZLIB_LIBS) -lm)

ALL_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -DSK_VERSION='"$(VERSION)"' -Ilib $(PACKER_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(CFLAGS) -ffp-contract=off -pthread $(WARNINGS) $(SANITIZERS) -MMD -MP
ALL_LDFLAGS = $(CFLAGS) -pthread $(SANITIZERS) $(LDFLAGS)

TOOLS = stream-topk stream-distinct stream-quantile stream-dump stream-window
LIB_SOURCES = $(wildcard lib/sketch/*.c lib/record/*.c lib/pipe/*.c lib/window/*.c)
RUN_SOURCES = $(wildcard lib/run/*.c lib/aggregate/*.c)
PRIVATE_HEADERS = %_table.h %_tables.h %_parts.h %_mix.h %_loops.h %_builds.h %powers_of_five.h
HEADERS = lib/span.h $(filter-out $(PRIVATE_HEADERS),$(wildcard lib/sketch/*.h lib/record/*.h lib/pipe/*.h \
    lib/window/*.h))
UNIT_TESTS = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))

LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.o)
RUN_OBJECTS = $(RUN_SOURCES:%.c=$(BUILD)/%.o)
SHARED_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.pic.o)

# Inner loops are built for AVX2 too where the compiler targets x86-64; which build runs is decided at run time.
ifneq ($(filter x86_64% amd64%,$(shell $(CC) -dumpmachine)),)
ALL_CPPFLAGS += -DSK_HAVE_AVX2
$(BUILD)/lib/record/scan_avx2.o $(BUILD)/lib/record/scan_avx2.pic.o: ALL_CFLAGS += -mavx2 -mbmi -mpopcnt
$(BUILD)/lib/pipe/crc32c_sse42.o $(BUILD)/lib/pipe/crc32c_sse42.pic.o: ALL_CFLAGS += -msse4.2 -mpclmul
$(BUILD)/lib/record/tokens_avx2.o $(BUILD)/lib/record/tokens_avx2.pic.o: ALL_CFLAGS += -mavx2 -mbmi -mpopcnt -mpclmul
$(BUILD)/lib/sketch/murmur3_batch_avx2.o $(BUILD)/lib/sketch/murmur3_batch_avx2.pic.o: ALL_CFLAGS += -mavx2
$(BUILD)/lib/sketch/keysort_avx2.o $(BUILD)/lib/sketch/keysort_avx2.pic.o: ALL_CFLAGS += -mavx2
endif

ifeq ($(shell uname -s),Darwin)
SHARED_LIBRARY = libstreamkit.$(SOVERSION).dylib
SHARED_LINK = libstreamkit.dylib
SHARED_FLAGS = -dynamiclib -install_name $(LIBDIR)/$(SHARED_LIBRARY)
else
SHARED_LIBRARY = libstreamkit.so.$(SOVERSION)
SHARED_LINK = libstreamkit.so
SHARED_FLAGS = -shared -Wl,-soname,$(SHARED_LIBRARY)
endif

.PHONY: all install uninstall check check-unit check-tools accuracy sanitize fuzz oracle bench bench-updates demo \
    completions dist clean
.SUFFIXES:
.PRECIOUS: $(BUILD)/%.o
.DELETE_ON_ERROR:

# A build with sanitizers is for tests, and nothing loads a shared library of it.
all: $(TOOLS:%=$(BUILD)/%) $(BUILD)/libstreamkit.a $(if $(SANITIZE),,$(BUILD)/$(SHARED_LIBRARY)) \
    $(BUILD)/streamkit.pc $(BUILD)/bench/loggen $(BUILD)/bench/updates

# Flags that change the result are part of what objects depend on.
FLAGS_NOW = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || { $(MISSING_SAID) echo '$(subst ','\'',$(FLAGS_NOW))' >$@; }
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/%.pic.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fPIC -c -o $@ $<

$(BUILD)/libstreamkit.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/librun.a: $(RUN_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/$(SHARED_LIBRARY): $(SHARED_OBJECTS)
	$(CC) $(ALL_LDFLAGS) $(SHARED_FLAGS) -o $@ $^ $(LIBS)
	ln -sf $(SHARED_LIBRARY) $(BUILD)/$(SHARED_LINK)

$(TOOLS:%=$(BUILD)/%): $(BUILD)/%: $(BUILD)/cmd/%.o $(BUILD)/librun.a $(BUILD)/libstreamkit.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench/loggen: $(BUILD)/bench/loggen.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lm

$(BUILD)/bench/updates: $(BUILD)/bench/updates.o $(BUILD)/libstreamkit.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lm

$(BUILD)/streamkit.pc: FORCE
	@mkdir -p $(BUILD)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)' '' \
	    'Name: streamkit' 'Description: sketches and record scanning for endless streams' \
	    'Version: $(VERSION)' 'Libs: -L$${libdir} -lstreamkit' 'Libs.private: $(LIBS) -pthread' \
	    'Cflags: -I$${includedir}' >$@

# Tests

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/librun.a $(BUILD)/libstreamkit.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

check:
	@tests/run

check-unit: $(UNIT_TESTS:%=$(BUILD)/tests/unit/%)
	@tests/run unit

check-tools: all
	@tests/run tools

accuracy: $(UNIT_TESTS:%=$(BUILD)/tests/unit/%)
	@tests/run accuracy

sanitize:
	@tests/run sanitize

FUZZ_SECONDS ?= 60
fuzz:
	@env -u BUILD tests/fuzz/run $(FUZZ_SECONDS)

ORACLE_PYTHON ?= python3
oracle: all
	@$(ORACLE_PYTHON) tests/oracle --bin $(BUILD)

bench: all
	bench/run --bin $(BUILD) $(BENCH_FLAGS)

BENCH_PYTHON ?= python3
bench-updates: $(BUILD)/bench/updates
	bench/updates --bin $(BUILD) --python $(BENCH_PYTHON) $(BENCH_FLAGS)

demo: all
	@tests/demo

completions: all
	@mkdir -p completions
	for tool in $(TOOLS); do \
	    $(BUILD)/$$tool --completion bash >completions/$$tool.bash && \
	    $(BUILD)/$$tool --completion zsh >completions/_$$tool && \
	    $(BUILD)/$$tool --completion fish >completions/$$tool.fish || exit 1; done

# Installing

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 \
	    $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(FISHDIR)
	for tool in $(TOOLS); do \
	    $(INSTALL) -m 755 $(BUILD)/$$tool $(DESTDIR)$(BINDIR)/ && \
	    $(INSTALL) -m 644 man/$$tool.1 $(DESTDIR)$(MANDIR)/man1/ && \
	    $(INSTALL) -m 644 completions/$$tool.bash $(DESTDIR)$(BASHDIR)/$$tool && \
	    $(INSTALL) -m 644 completions/_$$tool $(DESTDIR)$(ZSHDIR)/_$$tool && \
	    $(INSTALL) -m 644 completions/$$tool.fish $(DESTDIR)$(FISHDIR)/$$tool.fish || exit 1; done
	$(INSTALL) -m 644 man/streamkit-frames.5 $(DESTDIR)$(MANDIR)/man5/
	$(INSTALL) -m 644 man/streamkit.7 $(DESTDIR)$(MANDIR)/man7/
	$(INSTALL) -m 644 $(BUILD)/libstreamkit.a $(DESTDIR)$(LIBDIR)/
	$(INSTALL) -m 755 $(BUILD)/$(SHARED_LIBRARY) $(DESTDIR)$(LIBDIR)/
	ln -sf $(SHARED_LIBRARY) $(DESTDIR)$(LIBDIR)/$(SHARED_LINK)
	$(INSTALL) -m 644 $(BUILD)/streamkit.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	for header in $(HEADERS:lib/%=%); do \
	    $(INSTALL) -d $(DESTDIR)$(INCLUDEDIR)/streamkit/$$(dirname $$header) && \
	    $(INSTALL) -m 644 lib/$$header $(DESTDIR)$(INCLUDEDIR)/streamkit/$$header || exit 1; done

uninstall:
	for tool in $(TOOLS); do \
	    rm -f $(DESTDIR)$(BINDIR)/$$tool $(DESTDIR)$(MANDIR)/man1/$$tool.1 $(DESTDIR)$(BASHDIR)/$$tool \
		$(DESTDIR)$(ZSHDIR)/_$$tool $(DESTDIR)$(FISHDIR)/$$tool.fish; done
	rm -f $(DESTDIR)$(MANDIR)/man5/streamkit-frames.5 $(DESTDIR)$(MANDIR)/man7/streamkit.7 $(DESTDIR)$(LIBDIR)/libstreamkit.a \
	    $(DESTDIR)$(LIBDIR)/$(SHARED_LIBRARY) $(DESTDIR)$(LIBDIR)/$(SHARED_LINK) $(DESTDIR)$(LIBDIR)/pkgconfig/streamkit.pc
	rm -f $(HEADERS:lib/%=$(DESTDIR)$(INCLUDEDIR)/streamkit/%)
	rmdir $(DESTDIR)$(INCLUDEDIR)/streamkit/* $(DESTDIR)$(INCLUDEDIR)/streamkit 2>/dev/null || true

dist:
	git archive --prefix=streamkit-$(VERSION)/ -o streamkit-$(VERSION).tar.gz HEAD

clean:
	rm -rf build build-*

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
