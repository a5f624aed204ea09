/* replace.c -- files that are replaced as a whole. */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"

#define LINKS_MAX 40

/* What a death by a message leaves behind is removed at the exit. */
static struct sk_replace *unfinished;

static void
remove_unfinished(void)
{
	if (unfinished != NULL && unfinished->temporary != NULL)
		unlink(unfinished->temporary);
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

/* The names of open files, as Linux, macOS and the BSDs have them; -1: ${name} is none. */
static int
descriptor_of(const char *name)
{
	static const char *const directories[] = { "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/" };
	static const char *const streams[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
	char own[64];
	const char *digits = NULL;

	for (int fd = 0; fd < 3; fd++)
		if (strcmp(name, streams[fd]) == 0)
			return fd;
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		if (strncmp(name, directories[i], strlen(directories[i])) == 0)
			digits = name + strlen(directories[i]);
	snprintf(own, sizeof(own), "/proc/%ld/fd/", (long)getpid());
	if (strncmp(name, own, strlen(own)) == 0)
		digits = name + strlen(own);
	if (digits == NULL || *digits == '\0' || strlen(digits) > 6 || digits[strspn(digits, "0123456789")] != '\0')
		return -1;
	return (int)strtol(digits, NULL, 10);
}

/* The file that ${path} names in the end, or an open file on the way, whose number is *${descriptor}, or -1. The caller frees it. */
static char *
follow(const char *path, int *descriptor)
{
	char *name = strdup(path), *next;
	int links = 0;

	if (name == NULL)
		sk_die("out of memory");
	while ((*descriptor = descriptor_of(name)) == -1 && (next = read_link(name)) != NULL) {
		free(name);
		name = next;
		if (++links > LINKS_MAX)
			sk_die("%s: %s", path, strerror(ELOOP));
	}
	return name;
}

int
sk_replace_descriptor(const char *path)
{
	int descriptor;

	free(follow(path, &descriptor));
	return descriptor;
}

static mode_t
mode_of_new_files(void)
{
	const mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

void
sk_replace_init(struct sk_replace *replace, const char *path, const char *what, bool lasting)
{
	static bool registered;
	struct stat status;
	int descriptor;

	*replace = (struct sk_replace){ .path = path,
		.what = what,
		.target = follow(path, &descriptor),
		.lasting = lasting,
		.mode = mode_of_new_files(),
		.fd = -1 };
	if (descriptor != -1 || (stat(replace->target, &status) == 0 && !S_ISREG(status.st_mode)))
		sk_die("%s: not a regular file, which could be replaced", path);
	if (!registered)
		atexit(remove_unfinished);
	registered = true;
}

void
sk_replace_release(struct sk_replace *replace)
{
	free(replace->target);
	replace->target = NULL;
}

/* The new file is given up, or done with: the signals that were held back arrive. */
static void
leave(struct sk_replace *replace)
{
	int error = errno;

	if (replace->fd != -1)
		close(replace->fd);
	replace->fd = -1;
	remove_unfinished();
	unfinished = NULL;
	free(replace->temporary);
	replace->temporary = NULL;
	pthread_sigmask(SIG_SETMASK, &replace->mask, NULL);
	errno = error;
}

static bool
complain(struct sk_replace *replace)
{
	leave(replace);
	sk_warn("%s: %s: %s", replace->path, replace->what, strerror(errno));
	return false;
}

/* Who interrupts the program waits until the file is the old one or the new one, with nothing beside it. */
static void
hold_signals(struct sk_replace *replace)
{
	sigset_t deadly;

	sigemptyset(&deadly);
	sigaddset(&deadly, SIGHUP);
	sigaddset(&deadly, SIGINT);
	sigaddset(&deadly, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &deadly, &replace->mask);
}

/* Make the temporary file: ${replace} has its name and descriptor, or neither. */
static bool
make_temporary(struct sk_replace *replace)
{
	static const char suffix[] = ".XXXXXX";
	const size_t length = strlen(replace->target);

	if ((replace->temporary = malloc(length + sizeof(suffix))) == NULL)
		return false;
	memcpy(replace->temporary, replace->target, length);
	memcpy(replace->temporary + length, suffix, sizeof(suffix));
	if ((replace->fd = mkstemp(replace->temporary)) != -1)
		return true;
	free(replace->temporary);
	replace->temporary = NULL;
	return false;
}

int
sk_replace_scratch(struct sk_replace *replace)
{
	int fd;

	hold_signals(replace);
	if (!make_temporary(replace)) {
		complain(replace);
		exit(SK_EXIT_TROUBLE);
	}
	unfinished = replace;
	fd = replace->fd;
	replace->fd = -1;
	leave(replace); /* and so the name is gone */
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

struct sk_output *
sk_replace_begin(struct sk_replace *replace)
{
	struct stat status;

	hold_signals(replace);
	if (!make_temporary(replace)) {
		complain(replace);
		return NULL;
	}
	unfinished = replace;
	/* The new file may be read by whom the old one could be. */
	(void)fchmod(replace->fd,
	    stat(replace->target, &status) == 0 ? status.st_mode & 07777 : replace->mode);
	sk_output_init(&replace->output, replace->fd);
	replace->output.name = replace->path;
	return &replace->output;
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
sk_replace_commit(struct sk_replace *replace)
{
	int fd = replace->fd;

	sk_output_flush(&replace->output);
	if (replace->lasting && fsync(fd) == -1)
		return complain(replace);
	replace->fd = -1;
	if (close(fd) == -1 || rename(replace->temporary, replace->target) == -1)
		return complain(replace);
	free(replace->temporary);
	replace->temporary = NULL;
	if (replace->lasting && !sync_directory(replace->target))
		return complain(replace);
	leave(replace);
	return true;
}
