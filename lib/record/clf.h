/*
 * clf.h -- the log formats that web servers share: common and combined.
 *
 *	host ident user [time] "request" status bytes "referer" "agent" more ...
 *
 * The names of the fields are these; request's parts are method, path and proto; what stands behind the agent is numbered from 1, or
 * from -1 at the end. The time comes without its brackets.
 *
 *	-        as a whole field is SK_LAYOUT_NULL: the server had nothing to say.
 *	host     may be a name, an IPv4 or an IPv6 address: whatever holds no blank.
 *	user     may hold blanks: it goes up to the blank and bracket with which the time begins. In quotes it may hold anything; Apache
 *	         writes "" for an empty name.
 *	request  is method, blank, path, blank, proto. What does not begin with a method (RFC 9110's token) and a blank has none of the
 *	         three: "-", and the bytes of TLS that come to the wrong port. proto is the last word if that begins with HTTP/; everything
 *	         between is the path, blanks included, as clients send it that do not know better.
 *	referer, agent and more may be missing, as in common. Each is one word, or is in quotes.
 *
 * Escapes, in all fields: \" and \\, \xHH of Apache and nginx, and \b \f \n \r \t \v of Apache. Another backslash stands for itself.
 * Unescaping the request comes after taking it apart.
 *
 * A record is malformed that ends before bytes, lacks the brackets or the quotes of time and request, has a status or bytes that do not
 * begin with a digit or a minus sign, or has text behind a closing quote. What stands behind bytes is looked at only as far as the
 * wanted fields go.
 *
 * Errors, threads: none; no state.
 */
#ifndef STREAMKIT_RECORD_CLF_H
#define STREAMKIT_RECORD_CLF_H

#include "layout.h"

enum sk_clf_field {
	SK_CLF_HOST,
	SK_CLF_IDENT,
	SK_CLF_USER,
	SK_CLF_TIME,
	SK_CLF_REQUEST,
	SK_CLF_STATUS,
	SK_CLF_BYTES,
	SK_CLF_REFERER,
	SK_CLF_AGENT,
	SK_CLF_MORE, /* and the number says which */
	SK_CLF_METHOD,
	SK_CLF_PATH,
	SK_CLF_PROTO,
};

struct sk_clf_want {
	enum sk_clf_field field;
	long number; /* of SK_CLF_MORE */
	bool rest;
};

/* Understand ${want}. NULL, or what is wrong with it, for ever. */
const char *sk_clf_want(const struct sk_layout_want *want, struct sk_clf_want *clf);

/*
 * The ${n} wanted values of ${record}, as sk_layout_pick() has them, at intervals of ${stride}. *${scratch} is moved behind
 * what it was used for. Returns whether the record is malformed.
 */
bool sk_clf_pick(const struct sk_clf_want *wants, size_t n, struct sk_span record, unsigned char **scratch,
    struct sk_span *values, unsigned char *states, size_t stride, struct sk_layout_fault *fault);

#endif
