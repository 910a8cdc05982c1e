/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around the programs under test: child processes read by line, and SMPP peers on blocking
 * sockets that fail a test after PEER_PATIENCE_MS instead of hanging. */
#ifndef TESTS_LAB_OTA_PEER_H
#define TESTS_LAB_OTA_PEER_H

#include "smsc/smpp/smpp.h"

#include <sys/types.h>

enum { PEER_PATIENCE_MS = 120000, PEER_MAX_PDU = 70000 };

/* A child; its standard output is read line by line. */
struct child {
    pid_t pid;
    int out;
    char line[256];
};

/* Starts TSM_TEST_OTA_LAB with up to `argc` arguments given as one string, split at blanks. */
struct child child_start(const char *arguments);
/* The next line of output, which must begin with `prefix`; returns what follows it. */
const char *child_line(struct child *c, const char *prefix);
/* Asks it to end and demands exit status 0. */
void child_stop(struct child *c);
/* Waits for a child that ends by itself; returns its exit status, -1 when a signal ended it. */
int child_end(struct child c);
/* Starts an SMSC with these options on a free port; the port is returned. */
struct child smsc_start(const char *options, unsigned *port);

/* An SMPP peer: an ESME or a handset. */
struct peer {
    int fd;
    uint32_t sequence;
    uint8_t pdu[PEER_MAX_PDU]; /* the last one read */
    size_t len;
    struct smpp_header head;
};

void peer_connect(struct peer *p, unsigned port);
void peer_close(struct peer *p);
void peer_send(struct peer *p, const uint8_t *pdu, size_t len);
/* Reads one PDU; false at the end of the connection. */
bool peer_read(struct peer *p);
/* Reads one PDU that must be this command. */
void peer_expect(struct peer *p, uint32_t command);
/* True when nothing arrives for `ms`. */
bool peer_silent(struct peer *p, int ms);

/* Binds and returns the status; `kind` is the bind command. */
uint32_t peer_bind(struct peer *p, uint32_t kind, const char *system_id, const char *range);
void handset_bind(struct peer *p, unsigned port, const char *msisdn);
void esme_bind(struct peer *p, unsigned port);

/* A command message from short code 1234 with registered delivery. */
struct smpp_message esme_message(const char *msisdn, const uint8_t *body, size_t len);
/* Sends a submit_sm and reads its response; returns the status, the id goes to `id` (room 65). Deliveries
 * that come in between fail the test. */
uint32_t peer_submit(struct peer *p, const struct smpp_message *m, char *id);
/* Reads a deliver_sm and, unless status is PEER_NO_ANSWER, answers it with the status and a report. */
#define PEER_NO_ANSWER 0xFFFFFFFFu
struct smpp_message peer_deliver(struct peer *p, uint32_t status, const uint8_t *report, size_t len);

#endif
