/* state.c -- the file of --state. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"

#define PIECE ((size_t)1 << 16)

struct sk_state {
	const char *path;
	int fd;         /* locked */
	int new_fd;     /* -1, or the temporary file */
	char *new_path; /* its name, NULL when there is none to remove */
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
	state->new_fd = -1;
	for (;;) {
		state->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (state->fd == -1)
			sk_die("%s: %s", path, strerror(errno));
		lock(state->fd, path);
		if (is_current(state->fd, path))
			return state;
		close(state->fd);
	}
}

void
sk_state_free(struct sk_state *state)
{
	if (state == NULL)
		return;
	if (state->new_fd != -1)
		close(state->new_fd);
	if (state->new_path != NULL)
		unlink(state->new_path);
	free(state->new_path);
	close(state->fd);
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

static bool
complain(const struct sk_state *state)
{
	sk_warn("%s: the state could not be saved: %s", state->path, strerror(errno));
	return false;
}

/* Begin to write the new state: a descriptor for it, or -1. */
static int
begin(struct sk_state *state)
{
	static const char suffix[] = ".XXXXXX";
	size_t length = strlen(state->path);
	struct stat status;

	if ((state->new_path = malloc(length + sizeof(suffix))) == NULL) {
		complain(state);
		return -1;
	}
	memcpy(state->new_path, state->path, length);
	memcpy(state->new_path + length, suffix, sizeof(suffix));
	if ((state->new_fd = mkstemp(state->new_path)) == -1) {
		free(state->new_path);
		state->new_path = NULL;
		complain(state);
		return -1;
	}
	/* The new file may be read by whom the old one could be. */
	if (fstat(state->fd, &status) == 0)
		(void)fchmod(state->new_fd, status.st_mode & 07777);
	return state->new_fd;
}

/* A rename is safe once the directory is. */
static bool
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash == NULL ? strdup(".") : strdup(path);
	int fd;
	bool synced;

	if (directory == NULL)
		return false;
	if (slash != NULL)
		directory[slash == path ? 1 : slash - path] = '\0';
	fd = open(directory, O_RDONLY | O_CLOEXEC);
	free(directory);
	if (fd == -1)
		return false;
	/* Some file systems cannot sync a directory, and need not. */
	synced = fsync(fd) == 0 || errno == EINVAL;
	close(fd);
	return synced;
}

/* The new state is written: put it in the place of the old one. */
static bool
commit(struct sk_state *state)
{
	int fd = state->new_fd;

	state->new_fd = -1;
	if (fsync(fd) == -1) {
		int error = errno;

		close(fd);
		errno = error;
		return complain(state);
	}
	if (close(fd) == -1 || rename(state->new_path, state->path) == -1)
		return complain(state);
	free(state->new_path);
	state->new_path = NULL;
	return sync_directory(state->path) || complain(state);
}

bool
sk_state_save(struct sk_state *state, const struct sk_sketch_output_options *options,
    struct sk_groups *groups, uint64_t records, uint64_t skipped)
{
	struct sk_output *output;
	int fd = begin(state);

	if (fd == -1)
		return false;
	if ((output = malloc(sizeof(*output))) == NULL)
		sk_die("out of memory");
	sk_output_init(output, fd);
	sk_sketch_output(options, groups, records, skipped, output);
	sk_output_flush(output);
	free(output);
	return commit(state);
}
