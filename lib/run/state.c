/* state.c -- the file of --state. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "replace.h"

#define PIECE ((size_t)1 << 16)

struct sk_state {
	const char *path;
	int fd; /* locked */
	struct sk_replace file;
};

/* Wait for the lock on ${fd}; the first time that it cannot be had at once, say so. */
static void
lock(int fd, const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &whole) == 0)
		return;
	if (errno == EACCES || errno == EAGAIN) {
		sk_note("%s: waiting for another run to finish with it", path);
		while (fcntl(fd, F_SETLKW, &whole) == -1)
			if (errno != EINTR)
				sk_die("%s: %s", path, strerror(errno));
		return;
	}
	sk_die("%s: cannot lock it: %s", path, strerror(errno));
}

/* Whether ${path} still names the file ${fd}: the run that held the lock may have replaced it. */
static bool
is_current(int fd, const char *path)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && stat(path, &there) == 0 && here.st_dev == there.st_dev &&
	    here.st_ino == there.st_ino;
}

struct sk_state *
sk_state_open(const char *path)
{
	struct sk_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		sk_die("out of memory");
	state->path = path;
	for (;;) {
		state->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (state->fd == -1)
			sk_die("%s: %s", path, strerror(errno));
		lock(state->fd, path);
		if (is_current(state->fd, path))
			break;
		close(state->fd);
	}
	sk_replace_init(&state->file, path, "the state could not be saved", true);
	return state;
}

void
sk_state_free(struct sk_state *state)
{
	if (state == NULL)
		return;
	close(state->fd);
	sk_replace_release(&state->file);
	free(state);
}

/* The next bytes of the old state; returns how many, 0 at the end. */
static size_t
read_piece(struct sk_state *state, unsigned char *bytes, size_t size)
{
	ssize_t got;

	do
		got = read(state->fd, bytes, size);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		sk_die("%s: %s", state->path, strerror(errno));
	return (size_t)got;
}

bool
sk_state_load(struct sk_state *state, struct sk_sketch_input *input, struct sk_groups *groups)
{
	unsigned char bytes[PIECE];
	size_t size;

	while ((size = read_piece(state, bytes, sizeof(bytes))) > 0)
		if (!sk_sketch_input_bytes(
			input, state->path, (struct sk_span){ bytes, size }, groups))
			return false;
	return sk_sketch_input_end(input, state->path, groups);
}

struct sk_output *
sk_state_begin(struct sk_state *state)
{
	return sk_replace_begin(&state->file);
}

bool
sk_state_commit(struct sk_state *state)
{
	return sk_replace_commit(&state->file);
}
