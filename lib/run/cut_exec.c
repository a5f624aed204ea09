/*
 * cut_exec.c -- a command for each window.
 *
 * SIGCHLD and the signals that end us are blocked but for pselect(2), so that none can come between a look at the
 * command and the wait for it. SIGPIPE has a handler and is not ignored, because exec(2) takes handlers away and
 * leaves what is ignored: so a command that we write to in vain is no harm to us, and commands have SIGPIPE as we
 * found it.
 *
 * In the foreground of a terminal commands stay in our process group, so that they may use the terminal and its signals
 * reach them. Elsewhere each has a group of its own, so that a signal passed on reaches all that the shell started.
 */
#include "cut_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../pipe/key.h"
#include "diag.h"
#include "output.h"
#include "signals.h"

#define SHELL "/bin/sh"
#define PREFIX "STREAM_WINDOW_"
#define VARIABLE_SIZE (sizeof(PREFIX) + 16 + SK_CUT_BORDER_SIZE)
#define NOT_RUNNABLE 126 /* what shells say of such commands */
#define NOT_FOUND 127
#define OF_SIGNAL 128

extern char **environ;

struct sk_cut_exec {
	char *command;
	const struct sk_cut_borders *borders;
	bool keyed;
	size_t key_parts;
	unsigned char separator; /* that stands between them in the variable */
	struct sk_span key;      /* so, of the window at hand: */
	unsigned char *key_bytes;
	bool strict;
	bool foreground;  /* of a terminal, where commands are then too */
	sigset_t outside; /* the mask that we were started with */
	char **environment; /* the key's variable, the others, then those that we have found, and NULL */
	char start[VARIABLE_SIZE];
	char end[VARIABLE_SIZE];
	char revision[VARIABLE_SIZE];
	uint64_t count;
	uint64_t failed;
};

/* A command under way. */
struct running {
	pid_t pid;
	pid_t whole; /* whom to signal: -pid is all of the process group */
	bool ended;
	int status;   /* if it has */
	bool hurried; /* we had been asked to end before it began */
};

/* Life cycle */

static void
do_nothing(int number)
{
	(void)number;
}

static void
handle(int number, int flags)
{
	struct sigaction action = { .sa_handler = do_nothing, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static void
prepare_signals(struct sk_cut_exec *exec)
{
	struct sigaction before;
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &children, &exec->outside);
	/* Whoever ignores it has no children to wait for. */
	handle(SIGCHLD, SA_NOCLDSTOP);
	if (sigaction(SIGPIPE, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		handle(SIGPIPE, 0);
}

static bool
in_foreground(void)
{
	int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool is = terminal != -1 && tcgetpgrp(terminal) == getpgrp();

	if (terminal != -1)
		close(terminal);
	return is;
}

static void
prepare_environment(struct sk_cut_exec *exec)
{
	size_t count = 0, used = 0;

	while (environ != NULL && environ[count] != NULL)
		count++;
	if ((exec->environment = calloc(4 + count + 1, sizeof(*exec->environment))) == NULL)
		sk_die("out of memory");
	exec->environment[used++] = NULL; /* the key's */
	exec->environment[used++] = exec->start;
	exec->environment[used++] = exec->end;
	exec->environment[used++] = exec->revision;
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], PREFIX, strlen(PREFIX)) != 0)
			exec->environment[used++] = environ[i];
}

struct sk_cut_exec *
sk_cut_exec_new(
    const char *command, const struct sk_cut_borders *borders, size_t key_parts,
    unsigned char separator, bool strict)
{
	struct sk_cut_exec *exec = calloc(1, sizeof(*exec));

	if (exec == NULL)
		sk_die("out of memory");
	if ((exec->command = strdup(command)) == NULL)
		sk_die("out of memory");
	exec->borders = borders;
	exec->keyed = key_parts > 0;
	exec->key_parts = key_parts;
	exec->separator = separator;
	exec->strict = strict;
	exec->foreground = in_foreground();
	prepare_environment(exec);
	prepare_signals(exec);
	return exec;
}

void
sk_cut_exec_free(struct sk_cut_exec *exec)
{
	if (exec == NULL)
		return;
	free(exec->environment[0]);
	free(exec->environment);
	free(exec->command);
	free(exec->key_bytes);
	free(exec);
}

/* Beginning */

static void
name_border(
    const struct sk_cut_exec *exec, const char *name, int64_t border, char variable[VARIABLE_SIZE])
{
	char text[SK_CUT_BORDER_SIZE];

	sk_cut_border(exec->borders, border, text);
	snprintf(variable, VARIABLE_SIZE, PREFIX "%s=%s", name, text);
}

/* Put the separator between the parts of ${key}. Returns why the parts cannot be told so, or NULL. */
static const char *
separate_key(struct sk_cut_exec *exec, struct sk_span key)
{
	const char *why = NULL;
	unsigned char *at;

	free(exec->key_bytes);
	if ((at = exec->key_bytes = malloc(key.size + 1)) == NULL)
		sk_die("out of memory");
	for (size_t i = 0; i < exec->key_parts; i++) {
		const bool last = i + 1 == exec->key_parts;
		const struct sk_span part = sk_key_part(&key, last);

		if (i > 0)
			*at++ = exec->separator;
		if (part.size == 0)
			continue;
		if (memchr(part.data, '\0', part.size) != NULL)
			why = "the command is not run: no variable can hold the NUL byte of the key";
		else if (!last && why == NULL && memchr(part.data, exec->separator, part.size) != NULL)
			why = "the command is not run: a part of the key holds the byte that parts are told apart by";
		memcpy(at, part.data, part.size);
		at += part.size;
	}
	exec->key = (struct sk_span){ exec->key_bytes, (size_t)(at - exec->key_bytes) };
	return why;
}

/* Returns why a key cannot be told, or NULL. */
static const char *
name_window(
    struct sk_cut_exec *exec, const struct sk_windows_event *event, struct sk_span key)
{
	static const char name[] = PREFIX "KEY=";
	const char *why;
	char *variable;

	name_border(exec, "START", event->start, exec->start);
	name_border(exec, "END", event->end, exec->end);
	snprintf(exec->revision, VARIABLE_SIZE, PREFIX "REVISION=%" PRIu32, event->revision);
	if (!exec->keyed)
		return NULL;
	if ((why = separate_key(exec, key)) != NULL)
		return why;
	if ((variable = malloc(sizeof(name) + exec->key.size)) == NULL)
		sk_die("out of memory");
	memcpy(variable, name, sizeof(name) - 1);
	memcpy(variable + sizeof(name) - 1, exec->key.data, exec->key.size);
	variable[sizeof(name) - 1 + exec->key.size] = '\0';
	free(exec->environment[0]);
	exec->environment[0] = variable;
	return NULL;
}

/* A pipe that commands do not inherit and that is not waited for when it is full; -1 with errno. */
static int
open_pipe(int ends[2])
{
	if (pipe(ends) == -1)
		return -1;
	for (int i = 0; i < 2; i++)
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	if (ends[1] < FD_SETSIZE)
		return 0;
	close(ends[0]);
	close(ends[1]);
	errno = EMFILE;
	return -1;
}

/* Start the shell with ${input} as its standard input. 0, or what went wrong. */
static int
spawn(struct sk_cut_exec *exec, int input, pid_t *pid)
{
	char *arguments[] = { (char[]){ "sh" }, (char[]){ "-c" }, exec->command, NULL };
	char **environment = exec->environment + (exec->keyed ? 0 : 1);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error;

	if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
		sk_die("out of memory");
	error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (error == 0) {
		posix_spawnattr_setflags(&attributes,
		    (short)(POSIX_SPAWN_SETSIGMASK |
			(exec->foreground ? 0 : POSIX_SPAWN_SETPGROUP)));
		posix_spawnattr_setsigmask(&attributes, &exec->outside);
		error = posix_spawn(pid, SHELL, &actions, &attributes, arguments, environment);
	}
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Running */

/* SIGINT and SIGTERM are the command's too, and the second time the end of us. */
static void
pass_signal_on(const struct running *running)
{
	int number = sk_signals_take_ending();

	if (number == 0)
		return;
	kill(running->whole, number);
	if (running->hurried) {
		sk_signals_stop();
		sk_signals_die();
	}
}

/* Wait until the command has ended, which is false, or until there is room in the pipe ${fd} to it, unless that is -1. */
static bool
await(struct running *running, int fd)
{
	sigset_t mask = *sk_signals_mask();
	fd_set room;

	sigdelset(&mask, SIGCHLD);
	for (;;) {
		running->ended = waitpid(running->pid, &running->status, WNOHANG) != 0;
		if (running->ended)
			return false;
		FD_ZERO(&room);
		if (fd != -1)
			FD_SET(fd, &room);
		if (pselect(fd + 1, NULL, &room, NULL, NULL, &mask) > 0)
			return true;
		pass_signal_on(running);
	}
}

/* Write to the command for as long as it reads: whether it takes more. */
static bool
feed(struct running *running, int fd, struct sk_span bytes)
{
	while (bytes.size > 0) {
		ssize_t written;

		if (!await(running, fd))
			return false;
		written = write(fd, bytes.data, bytes.size);
		if (written == -1 && errno != EAGAIN && errno != EINTR)
			return false;
		if (written > 0) {
			bytes.data += written;
			bytes.size -= (size_t)written;
		}
	}
	return true;
}

/* Ending */

static void
fail(struct sk_cut_exec *exec, const char *why)
{
	char quoted[SK_DIAG_QUOTE];
	const char *of_key = "";
	const char *start = strchr(exec->start, '=') + 1;

	exec->failed++;
	quoted[0] = '\0';
	if (exec->keyed) {
		of_key = ", key ";
		sk_diag_quote(quoted, exec->key);
	}
	if (exec->strict)
		sk_die("window %s%s%s: %s", start, of_key, quoted, why);
	sk_warn("window %s%s%s: %s", start, of_key, quoted, why);
}

/* What is wrong with an exit ${status}, in words; false when it is our having been asked to end. */
static bool
explain(int status, char *why, size_t size)
{
	const int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - OF_SIGNAL;

	sk_signals_look();
	if (sk_signals_ending() != 0 && number == sk_signals_ending())
		return false;
	if (WIFSIGNALED(status))
		snprintf(why, size, "the command was killed by signal %d (%s)", number,
		    strsignal(number));
	else if (WEXITSTATUS(status) == NOT_FOUND)
		snprintf(why, size, "the command was not found (exit status %d)", NOT_FOUND);
	else if (WEXITSTATUS(status) == NOT_RUNNABLE)
		snprintf(why, size, "the command cannot be run (exit status %d)", NOT_RUNNABLE);
	else
		snprintf(why, size, "the command failed with exit status %d", WEXITSTATUS(status));
	return true;
}

static void
judge(struct sk_cut_exec *exec, const struct running *running)
{
	struct pollfd output = { .fd = STDOUT_FILENO };
	char why[128];

	if (WIFEXITED(running->status) && WEXITSTATUS(running->status) == 0)
		return;
	if (!explain(running->status, why, sizeof(why)))
		return;
	if (poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0)
		sk_output_die_unread();
	fail(exec, why);
}

/* Start the command: where its input goes, or -1. */
static int
start(struct sk_cut_exec *exec, struct running *running)
{
	int ends[2], error;

	if (open_pipe(ends) == -1)
		return -1;
	error = spawn(exec, ends[0], &running->pid);
	close(ends[0]);
	running->whole = exec->foreground ? running->pid : -running->pid;
	if (error == 0)
		return ends[1];
	close(ends[1]);
	errno = error;
	return -1;
}

void
sk_cut_exec_close(struct sk_cut_exec *exec, struct sk_cut_kept *kept,
    const struct sk_windows_event *event, struct sk_span key)
{
	struct running running = { .ended = false };
	bool reads = true;
	const char *untold;
	char why[256];
	int input;

	/* Signals that have come are not this command's. */
	sk_signals_look();
	(void)sk_signals_take_ending();
	running.hurried = sk_signals_ending() != 0;
	exec->count++;
	if ((untold = name_window(exec, event, key)) != NULL) {
		fail(exec, untold);
		return;
	}
	if ((input = start(exec, &running)) == -1) {
		snprintf(why, sizeof(why), "the command cannot be run: %s", strerror(errno));
		fail(exec, why);
		return;
	}
	for (size_t i = 0; reads && i < event->panes_count; i++)
		reads = feed(&running, input, sk_cut_kept_pane(kept, event->panes[i]));
	close(input);
	if (!running.ended)
		(void)await(&running, -1);
	judge(exec, &running);
}

uint64_t
sk_cut_exec_report(const struct sk_cut_exec *exec)
{
	if (exec->failed > 0)
		sk_note("%" PRIu64 " of %" PRIu64 " commands failed", exec->failed, exec->count);
	return exec->failed;
}
