/* crew.c -- threads that read ahead. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity */
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE /* _SC_NPROCESSORS_ONLN */
#endif
#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

#include "../pipe/frame.h"
#include "../record/scan.h"
#include "../record/signature.h"
#include "ahead.h"

#define MEMORY_MIN ((size_t)16 << 20) /* of the run: with less there is no crew */
#define MEMORY_SHARE 4                /* its part of the run's memory */
#define PIECES_EACH 4                 /* of each thread in flight */
#define REST_MIN ((uint64_t)4 << 20)  /* of an input: less is not worth it */
#define TAIL_FIRST ((size_t)1 << 12)  /* read behind a stripe at once, for its last record */
#define TAIL ((size_t)1 << 16)        /* and at most */
#define LEAD ((size_t)64)             /* read before it; reads to aligned addresses are faster */

struct piece {
	uint64_t start;       /* where in the input its first record begins, or the next after it */
	bool done;            /* it has been read */
	unsigned char *bytes; /* SK_SCAN_PAD + LEAD + SK_STRIPE + TAIL + SK_SCAN_PAD */
	struct sk_ahead *ahead;
	struct sk_span rest; /* records that `ahead` has no room for */
};

struct worker {
	struct sk_crew *crew;
	struct sk_intake *reader;
	pthread_t thread;
};

struct sk_crew {
	unsigned char end; /* of a record */
	size_t width;      /* of all records; 0: they end in `end` */
	struct worker *worker; /* number 0 is the thread that runs the tool */
	size_t workers;
	size_t running; /* of them, number 0 included; 0: nothing has been started */
	bool failed;    /* nothing can be */
	size_t input;   /* the last one it was started for */
	uint64_t retry; /* how far it must have come for another start */

	/* What is being taken */
	bool started;
	struct piece *at;
	size_t next;         /* batch of it */
	struct sk_span left; /* that the run's intake reads itself */
	bool rest_taken;

	/* What is read: set while no thread is at work. */
	int fd;
	uint64_t base;
	uint64_t first_stripe;
	uint64_t total; /* pieces; fewer once it is over */

	/* Under the lock */
	pthread_mutex_t lock;
	pthread_cond_t claimable; /* a piece has been given back, or it is over for good */
	pthread_cond_t read;      /* a piece has been read */
	bool quit;
	uint64_t claimed;
	uint64_t taken;
	size_t reading;            /* pieces claimed and not read yet */
	struct sk_ahead_mark mark; /* where the first piece begins; the decimals of the last one taken */
	struct piece *piece;
	size_t pieces;
};

/* Reading pieces */

/* Up to ${size} bytes from ${offset} of the input on. What cannot be read, the run will find for itself. */
static size_t
read_at(const struct sk_crew *crew, unsigned char *bytes, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(crew->fd, bytes + done, size - done,
		    (off_t)(crew->base + offset + done));

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

/*
 * The offset behind the first end byte of ${bytes}[from .. size), or SIZE_MAX. Records of the same width end at its multiples: stripes
 * are such, and what is read before them.
 */
static size_t
behind_end(const struct sk_crew *crew, const unsigned char *bytes, size_t from, size_t size)
{
	const unsigned char *at;

	if (crew->width > 0) {
		from = (from + crew->width) / crew->width * crew->width;
		return from <= size ? from : SIZE_MAX;
	}
	at = from < size ? memchr(bytes + from, crew->end, size - from) : NULL;
	return at != NULL ? (size_t)(at - bytes) + 1 : SIZE_MAX;
}

/*
 * Whether a streamkit stream begins in the records ${bytes}[start .. stop), of which its signature may have been split. The run is to find
 * it, and to say so: numbers are any bytes.
 */
static bool
has_signature(const struct sk_crew *crew, const unsigned char *bytes, size_t start, size_t stop, size_t got)
{
	const struct sk_span signature = { sk_frame_signature, SK_FRAME_SIGNATURE_SIZE };

	stop += SK_FRAME_SIGNATURE_SIZE - 1;
	if (stop > got)
		stop = got;
	return crew->width == 0 &&
	    sk_signature_find(signature, (struct sk_span){ bytes + start, stop - start }) != SIZE_MAX;
}

/*
 * Read the records that start in the input's bytes from ${from} on, up to the end of the stripe. ${exact}: one starts right
 * there. Sets the piece's start, and returns the records found whole: if the last is not, no piece starts behind them.
 */
static struct sk_span
read_records(const struct sk_crew *crew, struct piece *piece, uint64_t from, bool exact)
{
	const size_t size = SK_STRIPE - (size_t)(from % SK_STRIPE), lead = exact ? 0 : LEAD;
	unsigned char *bytes = piece->bytes + SK_SCAN_PAD + LEAD - lead;
	size_t got = read_at(crew, bytes, lead + size + TAIL_FIRST, from - lead);
	size_t start = exact ? 0 : behind_end(crew, bytes, lead - 1, got);
	size_t stop = behind_end(crew, bytes, lead + size - 1, got), all;

	if (stop == SIZE_MAX && got == lead + size + TAIL_FIRST) {
		size_t more = read_at(crew, bytes + got, TAIL - TAIL_FIRST, from - lead + got);

		stop = behind_end(crew, bytes, got, got + more);
		got += more;
	}
	piece->start = start != SIZE_MAX ? from - lead + start : UINT64_MAX;
	if (start == SIZE_MAX)
		return (struct sk_span){ bytes, 0 };
	all = got;
	/* A last record that does not end here is the run's to read. */
	for (; stop == SIZE_MAX; got--)
		if (got == start || (crew->width > 0 ? got % crew->width == 0 : bytes[got - 1] == crew->end))
			stop = got;
	if (has_signature(crew, bytes, start, stop, all)) {
		piece->start = UINT64_MAX;
		stop = start;
	}
	return (struct sk_span){ bytes + start, stop - start };
}

static bool
can_claim(const struct sk_crew *crew)
{
	return crew->claimed < crew->total && crew->claimed < crew->taken + crew->pieces;
}

/* Claim a piece and read it. The lock is held before and after, but not meanwhile. */
static void
work(struct sk_crew *crew, struct sk_intake *reader)
{
	const uint64_t number = crew->claimed++;
	const bool first = number == 0;
	struct piece *piece = &crew->piece[number % crew->pieces];
	struct sk_ahead_mark mark = crew->mark;
	uint64_t from = first ? mark.offset : (crew->first_stripe + number) * SK_STRIPE;

	piece->done = false;
	crew->reading++;
	pthread_mutex_unlock(&crew->lock);
	piece->rest = read_records(crew, piece, from, first);
	mark.offset = piece->start;
	if (!first)
		mark.batch_records = mark.batch_bytes = 0;
	sk_ahead_read(piece->ahead, reader, &mark, &piece->rest);
	pthread_mutex_lock(&crew->lock);
	piece->done = true;
	crew->reading--;
	pthread_cond_signal(&crew->read);
}

static void *
run_worker(void *argument)
{
	struct worker *worker = argument;
	struct sk_crew *crew = worker->crew;

	pthread_mutex_lock(&crew->lock);
	while (!crew->quit)
		if (can_claim(crew))
			work(crew, worker->reader);
		else
			pthread_cond_wait(&crew->claimable, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

/* The crew */

static uint64_t
processors(void)
{
#if defined(__linux__)
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (uint64_t)CPU_COUNT(&set);
#endif
#if defined(_SC_NPROCESSORS_ONLN)
	return sysconf(_SC_NPROCESSORS_ONLN) > 0 ? (uint64_t)sysconf(_SC_NPROCESSORS_ONLN) : 1;
#else
	return 1;
#endif
}

struct sk_crew *
sk_crew_new(const struct sk_intake *intake, uint64_t threads, size_t memory)
{
	const size_t of_piece = 2 * SK_SCAN_PAD + LEAD + SK_STRIPE + TAIL + sk_ahead_memory(intake);
	const size_t room = memory / MEMORY_SHARE / of_piece;
	struct sk_crew *crew;

	if (threads == 0)
		threads = processors();
	if (memory < MEMORY_MIN || threads < 2 || room < 2 ||
	    (sk_intake_layout(intake) != NULL && !sk_layout_splits(sk_intake_layout(intake))) ||
	    (crew = calloc(1, sizeof(*crew))) == NULL)
		return NULL;
	crew->end = sk_intake_end(intake);
	if (sk_intake_layout(intake) != NULL)
		crew->width = sk_layout_width(sk_layout_kind(sk_intake_layout(intake)));
	crew->pieces = threads < room / PIECES_EACH ? PIECES_EACH * (size_t)threads : room;
	crew->workers = threads < crew->pieces / 2 ? (size_t)threads : crew->pieces / 2;
	if (crew->workers < 2)
		crew->workers = 2;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->claimable, NULL);
	pthread_cond_init(&crew->read, NULL);
	return crew;
}

void
sk_crew_free(struct sk_crew *crew)
{
	if (crew == NULL)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->quit = true;
	pthread_cond_broadcast(&crew->claimable);
	pthread_mutex_unlock(&crew->lock);
	for (size_t i = 1; i < crew->running; i++)
		pthread_join(crew->worker[i].thread, NULL);
	for (size_t i = 0; crew->worker != NULL && i < crew->workers; i++)
		sk_intake_free(crew->worker[i].reader);
	for (size_t i = 0; crew->piece != NULL && i < crew->pieces; i++) {
		free(crew->piece[i].bytes);
		sk_ahead_free(crew->piece[i].ahead);
	}
	free(crew->worker);
	free(crew->piece);
	pthread_cond_destroy(&crew->read);
	pthread_cond_destroy(&crew->claimable);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}

static bool
make_pieces(struct sk_crew *crew, const struct sk_intake *intake)
{
	const size_t size = 2 * SK_SCAN_PAD + LEAD + SK_STRIPE + TAIL;

	if ((crew->piece = calloc(crew->pieces, sizeof(*crew->piece))) == NULL)
		return false;
	for (size_t i = 0; i < crew->pieces; i++) {
		void *bytes;

		if (posix_memalign(&bytes, LEAD, size) != 0)
			return false;
		/* The loops look at what is around records, and memory checkers at that. */
		memset(bytes, 0, size);
		crew->piece[i].bytes = bytes;
		if ((crew->piece[i].ahead = sk_ahead_new(intake)) == NULL)
			return false;
	}
	return true;
}

/* Start threads, with no signal for them; as many as can be had. */
static void
start_threads(struct sk_crew *crew)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	for (crew->running = 1; crew->running < crew->workers; crew->running++)
		if (pthread_create(&crew->worker[crew->running].thread, NULL, run_worker,
			&crew->worker[crew->running]) != 0)
			break;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Get everything ready that a first start takes. */
static bool
prepare(struct sk_crew *crew, const struct sk_intake *intake)
{
	if (crew->running > 0 || crew->failed)
		return !crew->failed;
	crew->failed = true;
	if ((crew->worker = calloc(crew->workers, sizeof(*crew->worker))) == NULL)
		return false;
	for (size_t i = 0; i < crew->workers; i++) {
		crew->worker[i].crew = crew;
		if ((crew->worker[i].reader = sk_ahead_reader_new(intake)) == NULL)
			return false;
	}
	if (!make_pieces(crew, intake))
		return false;
	start_threads(crew);
	crew->failed = crew->running < 2;
	return !crew->failed;
}

/* Start to read what ${source} has not given, if that is worth it. */
static bool
start(struct sk_crew *crew, const struct sk_source *source, const struct sk_intake *intake)
{
	struct sk_source_rest rest;

	if (!sk_source_rest(source, &rest) || rest.size < rest.offset ||
	    rest.size - rest.offset < REST_MIN ||
	    (rest.input == crew->input && rest.offset < crew->retry) || !prepare(crew, intake))
		return false;
	for (size_t i = 0; i < crew->workers; i++)
		sk_ahead_reader_follow(crew->worker[i].reader, intake);
	crew->input = rest.input;
	crew->started = true;
	pthread_mutex_lock(&crew->lock);
	crew->fd = rest.fd;
	crew->base = rest.base;
	crew->mark = sk_ahead_mark(intake);
	crew->first_stripe = crew->mark.offset / SK_STRIPE;
	crew->total = rest.size / SK_STRIPE - crew->first_stripe;
	crew->claimed = crew->taken = 0;
	pthread_cond_broadcast(&crew->claimable);
	pthread_mutex_unlock(&crew->lock);
	return true;
}

/* Wait for the next piece: rather than stand by, read one that nobody has claimed. The lock is held. */
static struct piece *
await_piece(struct sk_crew *crew)
{
	struct piece *piece = &crew->piece[crew->taken % crew->pieces];

	while (crew->claimed == crew->taken || !piece->done)
		if (can_claim(crew))
			work(crew, crew->worker[0].reader);
		else
			pthread_cond_wait(&crew->read, &crew->lock);
	return piece;
}

bool
sk_crew_piece(
    struct sk_crew *crew, const struct sk_source *source, const struct sk_intake *intake)
{
	struct piece *piece = NULL;

	if (crew == NULL || (!crew->started && !start(crew, source, intake)))
		return false;
	pthread_mutex_lock(&crew->lock);
	if (crew->at != NULL) {
		crew->taken++;
		crew->mark.decimals = sk_ahead_mark(intake).decimals;
		/* A thread that is woken for one piece finds it read by the time that it runs. */
		if (2 * (crew->taken + crew->pieces - crew->claimed) >= crew->pieces)
			pthread_cond_signal(&crew->claimable);
	}
	if (crew->taken < crew->total)
		piece = await_piece(crew);
	pthread_mutex_unlock(&crew->lock);
	/* The records of two pieces do not meet where one between them is too long, or the file has been changed. */
	if (piece != NULL && piece->start != sk_intake_offset(intake))
		piece = NULL;
	crew->at = piece;
	crew->next = 0;
	crew->left = (struct sk_span){ NULL, 0 };
	crew->rest_taken = false;
	return piece != NULL;
}

bool
sk_crew_batch(struct sk_crew *crew, struct sk_intake *intake, struct sk_batch *batch,
    const struct sk_span **keys)
{
	const struct piece *piece = crew->at;

	for (;;) {
		if (crew->left.size > 0 && sk_intake_batch(intake, &crew->left, batch, keys))
			return true;
		if (crew->next == sk_ahead_count(piece->ahead)) {
			if (crew->rest_taken)
				return false;
			crew->left = piece->rest;
			crew->rest_taken = true;
			continue;
		}
		if (sk_ahead_take(piece->ahead, crew->next++, intake, batch, keys))
			return true;
		crew->left = sk_ahead_bytes(piece->ahead, crew->next - 1);
	}
}

int
sk_crew_stop(struct sk_crew *crew, struct sk_source *source, const struct sk_intake *intake)
{
	if (crew == NULL || !crew->started)
		return 0;
	crew->started = false;
	pthread_mutex_lock(&crew->lock);
	crew->total = crew->claimed;
	while (crew->reading > 0)
		pthread_cond_wait(&crew->read, &crew->lock);
	crew->total = crew->claimed = crew->taken = 0;
	pthread_mutex_unlock(&crew->lock);
	crew->at = NULL;
	crew->retry = sk_intake_offset(intake) + REST_MIN;
	return sk_source_seek(source, sk_intake_offset(intake));
}
