/* unpack_ahead.c -- unpacking beside the reader: a ring of pieces between two threads. */
#include "unpack_ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct piece {
	unsigned char data[SK_UNPACK_AHEAD_PIECE];
	size_t size;
	uint64_t taken; /* bytes of the input that it and those before it were unpacked from */
};

struct sk_unpack_ahead {
	struct sk_unpack *unpack;
	int fd;
	bool waits;
	bool started;
	pthread_t thread;
	int ready[2]; /* a pipe that holds a byte while there is something to be read */
	int stop[2];  /* a pipe that is closed to end the wait for input */
	/* The thread's: */
	size_t filling; /* the piece it writes to */
	size_t filled;  /* bytes of that */
	uint64_t taken; /* of the input */
	size_t kept;    /* bytes of `input` that may begin a member of another kind, and are too few to say */
	enum sk_unpack_kind kind;
	struct sk_span front;
	unsigned char *front_memory;
	/* The reader's: */
	size_t reading; /* the piece it reads from */
	size_t read;    /* bytes of that */
	uint64_t read_taken;
	/* Of both, under the lock: */
	pthread_mutex_t lock;
	pthread_cond_t more; /* there is something to be read */
	pthread_cond_t room; /* or to be filled */
	size_t full;	     /* pieces */
	bool shown;	     /* a byte is in `ready` */
	bool done;	     /* no more pieces come */
	bool stopping;
	enum sk_unpack_status status; /* why that is so */
	int error;		      /* of reading; 0: none */
	struct piece piece[SK_UNPACK_AHEAD_PIECES];
	unsigned char input[SK_UNPACK_AHEAD_INPUT];
};

/* Let the other side of select() see whether there is something to be read. The lock is held. */
static void
show(struct sk_unpack_ahead *ahead)
{
	bool readable = ahead->full > 0 || ahead->done;
	unsigned char byte = 0;
	ssize_t moved;

	if (readable == ahead->shown)
		return;
	do
		moved = readable ? write(ahead->ready[1], &byte, 1) : read(ahead->ready[0], &byte, 1);
	while (moved == -1 && errno == EINTR);
	ahead->shown = readable;
}

/* The thread */

/* Hand over the piece at hand, and wait until there is another to fill; false: stop. */
static bool
hand_over(struct sk_unpack_ahead *ahead)
{
	bool stopping;

	pthread_mutex_lock(&ahead->lock);
	ahead->piece[ahead->filling].size = ahead->filled;
	ahead->piece[ahead->filling].taken = ahead->taken;
	ahead->filling = (ahead->filling + 1) % SK_UNPACK_AHEAD_PIECES;
	ahead->filled = 0;
	ahead->full++;
	show(ahead);
	pthread_cond_signal(&ahead->more);
	while (ahead->full == SK_UNPACK_AHEAD_PIECES && !ahead->stopping)
		pthread_cond_wait(&ahead->room, &ahead->lock);
	stopping = ahead->stopping;
	pthread_mutex_unlock(&ahead->lock);
	return !stopping;
}

/*
 * What lies behind a member is none of the same kind: go on with the kind that it is. Keeps what is too little to say, if it is not the
 * ${whole} of it. False: ${status} says why not.
 */
static bool
change_kind(struct sk_unpack_ahead *ahead, struct sk_span *in, bool whole, enum sk_unpack_status *status)
{
	const enum sk_unpack_kind kind = sk_unpack_kind(*in, whole);

	ahead->kept = 0;
	if (kind == SK_UNPACK_PLAIN) {
		*status = SK_UNPACK_GARBAGE;
		return false;
	}
	*status = SK_UNPACK_OK;
	if (kind == SK_UNPACK_UNDECIDED) {
		memmove(ahead->input, in->data, in->size);
		ahead->kept = in->size;
		in->size = 0;
		return true;
	}
	sk_unpack_free(ahead->unpack);
	ahead->kind = kind;
	if ((ahead->unpack = sk_unpack_new(kind)) == NULL)
		*status = errno == ENOTSUP ? SK_UNPACK_MISSING : SK_UNPACK_NO_MEMORY;
	return ahead->unpack != NULL;
}

/* Unpack all of ${in}; false: stop, whether ${status} has a reason for that or not. */
static bool
unpack_all(struct sk_unpack_ahead *ahead, struct sk_span in, enum sk_unpack_status *status)
{
	bool full = false;

	if (ahead->kept > 0 && !change_kind(ahead, &in, false, status))
		return false;
	while (in.size > 0 || full) {
		size_t room = SK_UNPACK_AHEAD_PIECE - ahead->filled, before = in.size, written;

		*status = sk_unpack_step(
		    ahead->unpack, &in, ahead->piece[ahead->filling].data + ahead->filled, room, &written);
		ahead->filled += written;
		ahead->taken += before - in.size;
		if (*status == SK_UNPACK_GARBAGE)
			change_kind(ahead, &in, false, status);
		if (*status != SK_UNPACK_OK)
			return false;
		full = written == room;
		if (full && !hand_over(ahead))
			return false;
		full = full && ahead->kept == 0; /* what was unpacked so far has been */
	}
	return true;
}

/* Wait for input, and for nothing while there is something to hand over; false: stop. */
static bool
await_input(struct sk_unpack_ahead *ahead)
{
	struct pollfd polled[] = { { .fd = ahead->fd, .events = POLLIN }, { .fd = ahead->stop[0], .events = POLLIN } };
	int came;

	for (;;) {
		came = poll(polled, 2, ahead->filled > 0 ? 0 : -1);
		if (came > 0)
			return polled[1].revents == 0;
		if (came == -1 && errno != EINTR && errno != EAGAIN)
			return true; /* read's to report */
		if (came == 0 && !hand_over(ahead))
			return false;
	}
}

static enum sk_unpack_status
end_input(struct sk_unpack_ahead *ahead)
{
	struct sk_span kept = { ahead->input, ahead->kept };
	enum sk_unpack_status status;

	if (kept.size == 0)
		return sk_unpack_end(ahead->unpack);
	return change_kind(ahead, &kept, true, &status) ? SK_UNPACK_TRUNCATED : status;
}

/* Read once, and unpack that; false: at the end, or stop. */
static bool
read_on(struct sk_unpack_ahead *ahead, enum sk_unpack_status *status, int *error)
{
	ssize_t got;

	if (ahead->waits && !await_input(ahead))
		return false;
	do
		got = read(ahead->fd, ahead->input + ahead->kept, sizeof(ahead->input) - ahead->kept);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		*error = errno;
	if (got == 0)
		*status = end_input(ahead);
	return got > 0 && unpack_all(ahead, (struct sk_span){ ahead->input, ahead->kept + (size_t)got }, status);
}

static void *
run(void *argument)
{
	struct sk_unpack_ahead *ahead = argument;
	enum sk_unpack_status status = SK_UNPACK_OK;
	int error = 0;

	if (unpack_all(ahead, ahead->front, &status))
		while (read_on(ahead, &status, &error))
			;
	if (ahead->filled > 0)
		hand_over(ahead);
	pthread_mutex_lock(&ahead->lock);
	ahead->status = status;
	ahead->error = error;
	ahead->done = true;
	show(ahead);
	pthread_cond_signal(&ahead->more);
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* The reader */

static int
open_pipe(int ends[2])
{
	if (pipe(ends) == -1)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

/* Signals are for the thread that waits for them. */
static int
start(struct sk_unpack_ahead *ahead)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&ahead->thread, NULL, run, ahead);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	ahead->started = error == 0;
	errno = error;
	return error == 0 ? 0 : -1;
}

static int
prepare(struct sk_unpack_ahead *ahead, enum sk_unpack_kind kind, struct sk_span front)
{
	ahead->kind = kind;
	if ((ahead->unpack = sk_unpack_new(kind)) == NULL ||
	    (ahead->front_memory = malloc(front.size + 1)) == NULL)
		return -1;
	memcpy(ahead->front_memory, front.data, front.size);
	ahead->front = (struct sk_span){ ahead->front_memory, front.size };
	return open_pipe(ahead->ready) == -1 || open_pipe(ahead->stop) == -1 ? -1 : 0;
}

struct sk_unpack_ahead *
sk_unpack_ahead_new(enum sk_unpack_kind kind, int fd, bool waits, struct sk_span front)
{
	struct sk_unpack_ahead *ahead = malloc(sizeof(*ahead));
	int error;

	if (ahead == NULL)
		return NULL;
	/* But for the pieces, which need not be touched. */
	memset(ahead, 0, offsetof(struct sk_unpack_ahead, piece));
	ahead->fd = fd;
	ahead->waits = waits;
	ahead->ready[0] = ahead->ready[1] = ahead->stop[0] = ahead->stop[1] = -1;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->more, NULL);
	pthread_cond_init(&ahead->room, NULL);
	if (prepare(ahead, kind, front) == 0 && start(ahead) == 0)
		return ahead;
	error = errno;
	sk_unpack_ahead_free(ahead);
	errno = error;
	return NULL;
}

static void
close_end(int end)
{
	if (end != -1)
		close(end);
}

static void
stop(struct sk_unpack_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->stopping = true;
	pthread_cond_signal(&ahead->room);
	pthread_mutex_unlock(&ahead->lock);
	close(ahead->stop[1]);
	ahead->stop[1] = -1;
	pthread_join(ahead->thread, NULL);
}

void
sk_unpack_ahead_free(struct sk_unpack_ahead *ahead)
{
	if (ahead == NULL)
		return;
	if (ahead->started)
		stop(ahead);
	pthread_mutex_destroy(&ahead->lock);
	pthread_cond_destroy(&ahead->more);
	pthread_cond_destroy(&ahead->room);
	close_end(ahead->ready[0]);
	close_end(ahead->ready[1]);
	close_end(ahead->stop[0]);
	close_end(ahead->stop[1]);
	sk_unpack_free(ahead->unpack);
	free(ahead->front_memory);
	free(ahead);
}

int
sk_unpack_ahead_fd(const struct sk_unpack_ahead *ahead)
{
	return ahead->ready[0];
}

/* The piece at hand has been read: it may be filled again. */
static void
give_back(struct sk_unpack_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->reading = (ahead->reading + 1) % SK_UNPACK_AHEAD_PIECES;
	ahead->read = 0;
	ahead->full--;
	show(ahead);
	pthread_cond_signal(&ahead->room);
	pthread_mutex_unlock(&ahead->lock);
}

ssize_t
sk_unpack_ahead_read(
    struct sk_unpack_ahead *ahead, unsigned char *data, size_t size, enum sk_unpack_status *status)
{
	const struct piece *piece = &ahead->piece[ahead->reading];
	bool none;

	pthread_mutex_lock(&ahead->lock);
	while (ahead->full == 0 && !ahead->done)
		pthread_cond_wait(&ahead->more, &ahead->lock);
	none = ahead->full == 0;
	pthread_mutex_unlock(&ahead->lock);
	if (none) {
		*status = ahead->status;
		errno = ahead->error;
		return ahead->status == SK_UNPACK_OK && ahead->error == 0 ? 0 : -1;
	}
	if (size > piece->size - ahead->read)
		size = piece->size - ahead->read;
	memcpy(data, piece->data + ahead->read, size);
	ahead->read += size;
	ahead->read_taken = piece->taken;
	if (ahead->read == piece->size)
		give_back(ahead);
	return (ssize_t)size;
}

uint64_t
sk_unpack_ahead_taken(const struct sk_unpack_ahead *ahead)
{
	return ahead->read_taken;
}

enum sk_unpack_kind
sk_unpack_ahead_kind(const struct sk_unpack_ahead *ahead)
{
	return ahead->kind;
}
