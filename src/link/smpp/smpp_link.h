/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The link to a short message centre: we are the ESME, one transceiver bind, one thread. Segments go out and
 * their fate comes back as events. Station 9. Edge. [SMPP 3.4 issue 1.2]
 */
#ifndef TSM_LINK_SMPP_SMPP_LINK_H
#define TSM_LINK_SMPP_SMPP_LINK_H

#include "ota/smpp/receipt.h"
#include "ota/smpp/smpp.h"

enum {
    SMPP_USER_DATA_MAX = 140, /* octets of one segment, header included */
    SMPP_WINDOW_MAX = 100,    /* segments without an answer */
    SMPP_TRIES_MAX = 3,       /* of a segment that gets answers of class RETRY, or none */
    SMPP_VALIDITY_MAX_S = 60 * 86400,
    SMPP_HOST_MAX = 255,
};

/* Command statuses of our own, for segments that got none. */
enum {
    SMPP_NO_ANSWER = 0xFFFFFFFF, /* it was sent, and whether the centre has it is unknown */
    SMPP_NOT_SENT = 0xFFFFFFFE,  /* its validity ended, or the link was stopped, before it was ever sent */
};

/* Facts of one centre; they differ between centres and are data. Every 0 means the default in brackets. */
struct smpp_config {
    const char *host;
    uint16_t port;
    const char *system_id, *password, *system_type; /* copied; NULL means empty */
    const char *address_range;
    struct smpp_address source;       /* of what we send: our short code */
    uint8_t dest_ton, dest_npi;       /* of what we send to; 1, 1 is an international number */
    uint8_t protocol_id, data_coding; /* of what we send; 7F and F6 for secured packets */
    bool receipts;                    /* ask for delivery receipts */
    enum smpp_id_form sent_form,
        receipt_form;    /* how the centre writes message ids in answers and in receipts */
    unsigned window;     /* [10], at most SMPP_WINDOW_MAX */
    unsigned rate;       /* PDUs a second [100] */
    unsigned queue_max;  /* segments that wait [10 000] */
    unsigned enquire_ms; /* of silence before we ask whether the link lives [30 000] */
    unsigned answer_ms;  /* for an answer to any PDU of ours [10 000] */
    unsigned reconnect_ms, reconnect_max_ms; /* first and longest pause between attempts [1000, 60 000] */
    unsigned throttle_ms, throttle_max_ms;   /* pause after a throttling answer, doubling [1000, 60 000] */
};

/* One segment for one subscriber. */
struct smpp_out {
    uint64_t ref;           /* the caller's name for the message */
    uint32_t segment;       /* and for the part of it */
    const char *msisdn;     /* up to 20 digits */
    struct bytes user_data; /* header (if any) and part; copied */
    bool udhi;              /* the user data start with a header */
    uint32_t validity_s;    /* for the centre, and for our queue; 0 means the centre's own */
};

/* Which delivery of which connection waits for its acknowledgement. All zero: the centre waits for none. */
struct smpp_ticket {
    uint64_t connection;
    uint32_t id, sequence; /* of the PDU that delivered */
};

/* What a subscriber sent us: a message, or a proof of receipt. Valid during the call. */
struct smpp_in {
    const char *msisdn; /* who sent it */
    struct bytes user_data;
    bool udhi;
};

/*
 * What happens on the link; called on the link's thread, one at a time, never under a lock. Message ids are
 * canonical (smpp_id_canonical). NULL members are not called.
 * A receipt or message is acknowledged by smpp_link_settle, once, during the call or later: the handler makes
 * it durable meanwhile, and the link goes on with what the centre delivers next.
 */
struct smpp_events {
    void *self;
    void (*on_accepted)(void *self, uint64_t ref, uint32_t segment, const char *message_id);
    void (*on_refused)(void *self, uint64_t ref, uint32_t segment, uint32_t status, enum smpp_class class);
    void (*on_receipt)(void *self, const struct smpp_receipt *receipt, struct smpp_ticket ticket);
    void (*on_message)(void *self, const struct smpp_in *message, struct smpp_ticket ticket);
    void (*on_state)(void *self, bool up);
};

/* Counts since the start, but for what says "now". */
struct smpp_counts {
    uint64_t submitted, accepted, refused, throttled, receipts, messages, unreadable, binds;
    uint64_t waiting_now, window_now, rate_now;
    bool up_now;
};

struct smpp_link;

/* Copies config and events. BAD_VALUE names the wrong member; nothing is started yet. */
enum tsm_err smpp_link_new(const struct smpp_config *config, const struct smpp_events *events,
                           struct smpp_link **out);
/* Starts the thread, which connects and goes on connecting; IO. */
enum tsm_err smpp_link_start(struct smpp_link *l);
/*
 * Queues one segment; from any thread, also while the link is down. BUSY when the queue is full, BAD_VALUE
 * for a number or length that no centre takes. Each segment taken gets exactly one of on_accepted and
 * on_refused. After a lost link it is sent again with the same octets, so a centre may get it twice.
 */
enum tsm_err smpp_link_send(struct smpp_link *l, const struct smpp_out *out);
/* Acknowledges a delivery for TSM_OK; for anything else the centre is asked to deliver it again later, as it
 * does by itself when its connection is gone or memory exhausted. From any thread, until smpp_link_stop. */
void smpp_link_settle(struct smpp_link *l, struct smpp_ticket ticket, enum tsm_err result);
void smpp_link_counts(struct smpp_link *l, struct smpp_counts *out);
/* Unbinds, joins the thread, reports what is still waiting as refused (NO_ANSWER or NOT_SENT), frees. NULL is
 * legal. */
void smpp_link_stop(struct smpp_link *l);

#endif
