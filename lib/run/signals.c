/* signals.c -- the signals that a running tool answers. */
#include "signals.h"

#include <stddef.h>
#include <sys/select.h>

/* Of POSIX only since 2024; a system that hides it is asked for the window's size when there is something to draw. */
#ifdef SIGWINCH
#define WINDOW_CHANGED SIGWINCH,
#else
#define WINDOW_CHANGED
#endif

static const int handled[] = { SIGINT, SIGTERM, SIGUSR1, WINDOW_CHANGED SIGCONT };

static volatile sig_atomic_t ending;
static volatile sig_atomic_t ending_new; /* has not been taken */
static volatile sig_atomic_t endings; /* 2 for more */
static volatile sig_atomic_t report;
static volatile sig_atomic_t resized;
static volatile sig_atomic_t continued;
static sigset_t outside; /* the mask we were started with, less our signals */

static void
note_signal(int number)
{
	switch (number) {
	case SIGUSR1:
		report = 1;
		break;
#ifdef SIGWINCH
	case SIGWINCH:
		resized = 1;
		break;
#endif
	case SIGCONT:
		continued = 1;
		break;
	default:
		ending = ending_new = number;
		endings = endings == 0 ? 1 : 2;
	}
}

void
sk_signals_start(void)
{
	struct sigaction action = { .sa_handler = note_signal }, before;
	sigset_t ours;

	sigemptyset(&action.sa_mask);
	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		sigaddset(&ours, handled[i]);
		if (sigaction(handled[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(handled[i], &action, NULL);
	}
	pthread_sigmask(SIG_BLOCK, &ours, &outside);
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		sigdelset(&outside, handled[i]);
}

const sigset_t *
sk_signals_mask(void)
{
	return &outside;
}

void
sk_signals_look(void)
{
	static const struct timespec at_once = { 0, 0 };

	(void)pselect(0, NULL, NULL, NULL, &at_once, &outside);
}

int
sk_signals_ending(void)
{
	return ending;
}

int
sk_signals_take_ending(void)
{
	int number = ending_new;

	ending_new = 0;
	return number;
}

int
sk_signals_ending_count(void)
{
	return endings;
}

bool
sk_signals_take_report(void)
{
	bool asked = report != 0;

	report = 0;
	return asked;
}

bool
sk_signals_take_resized(void)
{
	bool came = resized != 0;

	resized = 0;
	return came;
}

bool
sk_signals_take_continued(void)
{
	bool came = continued != 0;

	continued = 0;
	return came;
}

void
sk_signals_stop(void)
{
	struct sigaction before;

	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		bool late = handled[i] == SIGUSR1; /* asks for an answer; the last one is under way */

		if (sigaction(handled[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			signal(handled[i], late ? SIG_IGN : SIG_DFL);
	}
	pthread_sigmask(SIG_SETMASK, &outside, NULL);
}

void
sk_signals_die(void)
{
	if (ending == 0)
		return;
	signal(ending, SIG_DFL);
	raise(ending);
}
