/* source_input.c -- the bytes' way in: opening inputs, waiting for them, reading. */
#if defined(__linux__)
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source_parts.h"

#define PIPE_SIZE (1 << 20)

void
sk_source_close_input(struct sk_source *source)
{
	sk_unpack_ahead_free(source->ahead);
	source->ahead = NULL;
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	source->fd = -1;
}

/* A FIFO is opened when its writer comes; until then signals must get through. */
static int
open_interruptibly(const char *name, const sigset_t *mask)
{
	static const struct timespec at_once = { 0, 0 };
	sigset_t blocked;
	int fd, error;

	if (mask != NULL && pselect(0, NULL, NULL, NULL, &at_once, mask) == -1)
		return -1;
	if (mask != NULL)
		pthread_sigmask(SIG_SETMASK, mask, &blocked);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	error = errno;
	if (mask != NULL)
		pthread_sigmask(SIG_SETMASK, &blocked, NULL);
	errno = error;
	return fd;
}

int
sk_source_open_next(struct sk_source *source, const sigset_t *mask)
{
	const char *name = source->names[source->opened];
	bool standard = strcmp(name, "-") == 0;
	struct stat status;
	int fd = standard ? STDIN_FILENO : open_interruptibly(name, mask);

	if (fd == -1 && errno == EINTR)
		return -1;
	source->opened++;
	source->name = standard ? "standard input" : name;
	source->begin = source->end_of_data = source->given = 0;
	source->offset = 0;
	source->skipping = source->at_end = source->unscanned = false;
	source->progress = (struct sk_layout_progress){ 0 };
	source->mark_due = source->layout != NULL && sk_layout_is_text(sk_layout_kind(source->layout));
	source->partial = source->stuck = false;
	source->to_skip = 0;
	source->fresh = true;
	source->look_due = source->unpacks;
	source->why = NULL;
	source->search = (struct sk_signature_search){ .size = 0 };
	source->unlooked = 0;
	source->foreign = false;
	source->failed = source->packed = false;
	source->taken = 0;
	source->binary = source->has_signature && source->signature.size == 0;
	if (fd == -1)
		return -1;
	source->fd = fd;
	if (fstat(fd, &status) == -1) {
		int error = errno;

		sk_source_close_input(source);
		errno = error;
		return -1;
	}
	source->regular = S_ISREG(status.st_mode);
	source->base = source->regular ? lseek(fd, 0, SEEK_CUR) : -1;
#if defined(F_SETPIPE_SZ)
	if (S_ISFIFO(status.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
#if defined(POSIX_FADV_SEQUENTIAL)
	if (source->regular)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
	return 0;
}

/* Where input is always there pselect returns without letting a signal through, so that these have a turn of their own. */
bool
sk_source_await_input(const struct sk_source *source, const struct timespec *timeout, const sigset_t *mask)
{
	static const struct timespec at_once = { 0, 0 };
	int fd = source->ahead != NULL ? sk_unpack_ahead_fd(source->ahead) : source->fd, ready;
	bool at_hand = source->regular && source->ahead == NULL;
	fd_set readable;

	if (mask != NULL && pselect(0, NULL, NULL, NULL, &at_once, mask) == -1)
		return false;
	if (at_hand || fd >= FD_SETSIZE || (mask == NULL && timeout == NULL))
		return true;
	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	ready = pselect(fd + 1, &readable, NULL, NULL, timeout, mask);
	return ready > 0 || (ready == -1 && errno != EINTR); /* other errors are read's to report */
}

static ssize_t
read_unpacked(struct sk_source *source, unsigned char *data, size_t size)
{
	enum sk_unpack_status status;
	ssize_t got = sk_unpack_ahead_read(source->ahead, data, size, &status);

	if (got == -1 && status != SK_UNPACK_OK)
		source->why = sk_unpack_strerror(sk_unpack_ahead_kind(source->ahead), status);
	source->taken = sk_unpack_ahead_taken(source->ahead);
	return got;
}

ssize_t
sk_source_read(struct sk_source *source, unsigned char *data, size_t size)
{
	ssize_t got;

	source->why = NULL;
	if (source->ahead != NULL)
		return read_unpacked(source, data, size);
	do
		got = read(source->fd, data, size);
	while (got == -1 && errno == EINTR);
	return got;
}

int
sk_source_look_for_packed(struct sk_source *source)
{
	struct sk_span front = { sk_source_at(source, source->begin), sk_source_held(source) };

	if (!source->look_due || (source->kind = sk_unpack_kind(front, source->at_end)) == SK_UNPACK_UNDECIDED)
		return 0;
	source->look_due = false;
	if (source->kind == SK_UNPACK_PLAIN)
		return 0;
	source->ahead = sk_unpack_ahead_new(source->kind, source->fd, !source->regular, front);
	if (source->ahead == NULL && errno == ENOTSUP)
		source->why = sk_unpack_strerror(source->kind, SK_UNPACK_MISSING);
	if (source->ahead == NULL)
		return -1;
	source->packed = true;
	source->base = -1;
	source->begin = source->end_of_data = source->unlooked = 0;
	source->at_end = false;
	return 0;
}

uint64_t
sk_source_taken(const struct sk_source *source, uint64_t offset)
{
	return source->packed ? source->taken : offset;
}
