/* spool.c -- bytes that are put aside. The last of them are in memory, and those before in the file. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "diag.h"

#define ROOM_FIRST ((size_t)1 << 16)

struct sk_spool {
	size_t limit;
	int fd;             /* -1: there is no file yet */
	uint64_t in_file;   /* bytes */
	unsigned char *data; /* what comes behind them */
	size_t used;
	size_t room;
};

static const char *
directory(void)
{
	const char *name = getenv("TMPDIR");

	return name != NULL && name[0] != '\0' ? name : "/tmp";
}

static void
check(bool good)
{
	if (!good)
		sk_die("a temporary file in %s: %s", directory(), strerror(errno));
}

struct sk_spool *
sk_spool_new(size_t limit)
{
	struct sk_spool *spool = calloc(1, sizeof(*spool));

	if (spool == NULL)
		sk_die("out of memory");
	spool->limit = limit;
	spool->fd = -1;
	return spool;
}

void
sk_spool_free(struct sk_spool *spool)
{
	if (spool == NULL)
		return;
	if (spool->fd != -1)
		close(spool->fd);
	free(spool->data);
	free(spool);
}

/* The file, whose name goes at once. Commands that are run do not get it. */
static void
open_file(struct sk_spool *spool)
{
	static const char name[] = "/streamkit-XXXXXX";
	size_t length = strlen(directory());
	char *path = malloc(length + sizeof(name));

	if (path == NULL)
		sk_die("out of memory");
	memcpy(path, directory(), length);
	memcpy(path + length, name, sizeof(name));
	spool->fd = mkstemp(path);
	check(spool->fd != -1);
	check(unlink(path) == 0 && fcntl(spool->fd, F_SETFD, FD_CLOEXEC) != -1);
	free(path);
}

/* Where ${place} is in the file, if the system can say that: off_t may have 32 bits. */
static off_t
offset_of(uint64_t place)
{
	off_t offset = (off_t)place;

	errno = EFBIG;
	check(offset >= 0 && (uint64_t)offset == place);
	return offset;
}

/* ${bytes} go into the file, behind what is there. */
static void
write_file(struct sk_spool *spool, struct sk_span bytes)
{
	if (spool->fd == -1)
		open_file(spool);
	while (bytes.size > 0) {
		ssize_t n = pwrite(spool->fd, bytes.data, bytes.size, offset_of(spool->in_file));

		if (n == -1 && errno == EINTR)
			continue;
		check(n > 0);
		spool->in_file += (uint64_t)n;
		bytes.data += n;
		bytes.size -= (size_t)n;
	}
}

/* Make room for ${size} bytes more, within the limit: at once as much as would be asked for later. */
static void
make_room(struct sk_spool *spool, size_t size)
{
	size_t room = spool->room < ROOM_FIRST ? ROOM_FIRST : spool->room;

	if (size <= spool->room - spool->used)
		return;
	while (room - spool->used < size)
		room += room;
	if (room > spool->limit)
		room = spool->limit;
	if ((spool->data = realloc(spool->data, room)) == NULL)
		sk_die("out of memory");
	spool->room = room;
}

uint64_t
sk_spool_append(struct sk_spool *spool, struct sk_span bytes)
{
	uint64_t place = sk_spool_size(spool);

	if (bytes.size > spool->limit - spool->used) {
		write_file(spool, (struct sk_span){ spool->data, spool->used });
		spool->used = 0;
	}
	if (bytes.size > spool->limit) {
		write_file(spool, bytes);
	} else if (bytes.size > 0) {
		make_room(spool, bytes.size);
		memcpy(spool->data + spool->used, bytes.data, bytes.size);
		spool->used += bytes.size;
	}
	return place;
}

static void
read_file(const struct sk_spool *spool, uint64_t place, unsigned char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = pread(spool->fd, bytes, size, offset_of(place));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO; /* somebody has cut it short */
		check(n > 0);
		place += (uint64_t)n;
		bytes += n;
		size -= (size_t)n;
	}
}

void
sk_spool_read(const struct sk_spool *spool, uint64_t place, unsigned char *bytes, size_t size)
{
	size_t n = 0;

	if (place < spool->in_file) {
		n = spool->in_file - place < size ? (size_t)(spool->in_file - place) : size;
		read_file(spool, place, bytes, n);
	}
	if (size > n)
		memcpy(bytes + n, spool->data + (place + n - spool->in_file), size - n);
}

void
sk_spool_reset(struct sk_spool *spool)
{
	spool->in_file = 0;
	spool->used = 0;
}

uint64_t
sk_spool_size(const struct sk_spool *spool)
{
	return spool->in_file + spool->used;
}

size_t
sk_spool_memory(const struct sk_spool *spool)
{
	return spool->room;
}
