/* state.c -- the file of --state. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"

#define PIECE ((size_t)1 << 16)

struct sk_state {
	const char *path; /* as it was given */
	char *target;     /* what it is, once symbolic links are followed: that is replaced, and not a link */
	int fd;           /* locked */
	int new_fd;       /* -1, or the temporary file */
	char *new_path;   /* its name, NULL when there is none to remove */
	struct sk_output output; /* to the temporary file */
	sigset_t mask;    /* before the new state was begun */
};

/* The state that is being written: what a death by a message leaves behind is removed at the exit. */
static struct sk_state *unfinished;

static void
remove_unfinished(void)
{
	if (unfinished != NULL && unfinished->new_path != NULL)
		unlink(unfinished->new_path);
}

/* Where the symbolic link ${path} leads, as a name that is good from here; NULL where ${path} is no link. */
static char *
read_link(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t before = slash == NULL ? 0 : (size_t)(slash - path) + 1, room = 256;
	char *name = NULL;
	ssize_t size;

	do {
		room *= 2;
		free(name);
		if ((name = malloc(before + room)) == NULL)
			sk_die("out of memory");
		size = readlink(path, name + before, room);
	} while (size == (ssize_t)room);
	if (size <= 0) {
		free(name);
		return NULL;
	}
	name[before + (size_t)size] = '\0';
	if (name[before] == '/')
		memmove(name, name + before, (size_t)size + 1);
	else
		memcpy(name, path, before);
	return name;
}

/* The file that ${path} names in the end; it has been opened, so that links end. The caller frees it. */
static char *
follow(const char *path)
{
	char *name = strdup(path), *next;

	if (name == NULL)
		sk_die("out of memory");
	while ((next = read_link(name)) != NULL) {
		free(name);
		name = next;
	}
	return name;
}

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
			break;
		close(state->fd);
	}
	state->target = follow(path);
	atexit(remove_unfinished);
	return state;
}

void
sk_state_free(struct sk_state *state)
{
	if (state == NULL)
		return;
	close(state->fd);
	free(state->target);
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

/* The new state is given up, or done with: the signals that were held back arrive. */
static void
leave(struct sk_state *state)
{
	int error = errno;

	if (state->new_fd != -1)
		close(state->new_fd);
	state->new_fd = -1;
	remove_unfinished();
	unfinished = NULL;
	free(state->new_path);
	state->new_path = NULL;
	pthread_sigmask(SIG_SETMASK, &state->mask, NULL);
	errno = error;
}

static bool
complain(struct sk_state *state)
{
	leave(state);
	sk_warn("%s: the state could not be saved: %s", state->path, strerror(errno));
	return false;
}

/* Who interrupts the program waits until the state is the old one or the new one, with nothing beside it. */
static void
hold_signals(struct sk_state *state)
{
	sigset_t deadly;

	sigemptyset(&deadly);
	sigaddset(&deadly, SIGHUP);
	sigaddset(&deadly, SIGINT);
	sigaddset(&deadly, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &deadly, &state->mask);
}

struct sk_output *
sk_state_begin(struct sk_state *state)
{
	static const char suffix[] = ".XXXXXX";
	size_t length = strlen(state->target);
	struct stat status;

	hold_signals(state);
	if ((state->new_path = malloc(length + sizeof(suffix))) == NULL) {
		complain(state);
		return NULL;
	}
	memcpy(state->new_path, state->target, length);
	memcpy(state->new_path + length, suffix, sizeof(suffix));
	if ((state->new_fd = mkstemp(state->new_path)) == -1) {
		free(state->new_path);
		state->new_path = NULL;
		complain(state);
		return NULL;
	}
	unfinished = state;
	/* The new file may be read by whom the old one could be. */
	if (fstat(state->fd, &status) == 0)
		(void)fchmod(state->new_fd, status.st_mode & 07777);
	sk_output_init(&state->output, state->new_fd);
	state->output.name = state->path;
	return &state->output;
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

bool
sk_state_commit(struct sk_state *state)
{
	int fd = state->new_fd;

	sk_output_flush(&state->output);
	if (fsync(fd) == -1)
		return complain(state);
	state->new_fd = -1;
	if (close(fd) == -1 || rename(state->new_path, state->target) == -1)
		return complain(state);
	free(state->new_path);
	state->new_path = NULL;
	if (!sync_directory(state->target))
		return complain(state);
	leave(state);
	return true;
}
