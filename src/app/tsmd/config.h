/* SPDX-License-Identifier: Apache-2.0 */
/* tsmd's settings: one table of names, defaults and words for help; a file, then the command line. Secrets
 * are never in it. App. */
#ifndef TSM_APP_TSMD_CONFIG_H
#define TSM_APP_TSMD_CONFIG_H

#include "base/bytes.h"

enum { SETTING_MAX = 256 };

/* X(name, default, help). Every name is a line `name = value` of the file and an option --name value (with
 * '-' for '_'). */
#define TSMD_SETTINGS(X)                                                                                     \
    X(store, "sqlite:tsm.db", "database")                                                                    \
    X(roles, "sp,sem,ota,device", "roles of this process, separated by commas")                              \
    X(listen, "127.0.0.1:8443", "address of API and operations")                                             \
    X(listen_device, "127.0.0.1:8444", "address for device agents (GP SERAM)")                               \
    X(listen_partner, "", "address for partner TSMs (mutual TLS), empty: none")                              \
    X(device_processes, "10000",                                                                             \
      "processes of apps that wait or run at once, beyond them 18 OVERLOAD_PROTECTION")                      \
    X(device_processes_party, "0", "of them of one provider, so that the others have room; 0: half")         \
    X(maintenance, "no", "yes: apps are answered 19 UNDER_MAINTENANCE")                                      \
    X(device_url, "", "what device agents are told, empty: made from listen_device")                         \
    X(tls_cert, "", "PEM file of the server's and the partner client's certificate")                         \
    X(tls_key, "", "PEM file of its key")                                                                    \
    X(tls_ca, "", "PEM file of the CA that partners' certificates come from")                                \
    X(intake_dir, "",                                                                                        \
      "directory with a folder PARTY whose files *.ndjson are orders, a line each; empty: none")             \
    X(intake_s, "5", "seconds between two looks at it")                                                      \
    X(spos_dir, "", "directory with PARTY.pem and PARTY.key for the party's online system, empty: tls_cert") \
    X(spos_longest_s, "120", "longest time between two tries of a process result")                           \
    X(tsm_oid, "2.999.3165.1", "object identifier of this TSM in attestation tokens")                        \
    X(smsc, "", "message centre HOST:PORT (SMPP 3.4), empty: none")                                          \
    X(smsc_system_id, "opentsm", "system_id at the message centre")                                          \
    X(smsc_password_file, "", "file with the password at the message centre")                                \
    X(smsc_source, "8899", "short code that subscribers answer to")                                          \
    X(token_module, "/usr/lib/softhsm/libsofthsm2.so", "PKCS#11 module")                                     \
    X(token_query, "", "more of the query of its pkcs11: URI, as x-init-reserved=TEXT, percent-encoded")     \
    X(token_prefix, "opentsm-", "token label before the party's name")                                       \
    X(pin_dir, "", "directory with PARTY.pin, empty: $CREDENTIALS_DIRECTORY")                                \
    X(laboratory, "no", "yes: clear keys may be imported, plain HTTP callbacks on loopback are allowed")     \
    X(node, "1", "number of this node, 0 to 1023")                                                           \
    X(workers, "2", "threads that carry jobs forward")                                                       \
    X(http_workers, "32", "threads that answer requests on each listener")                                   \
    X(keep_jobs_days, "14", "days that finished jobs are kept")                                              \
    X(keep_messages_days, "14", "days that answered partner messages are kept")                              \
    X(keep_sessions_days, "14", "days that device sessions are kept after their end")                        \
    X(keep_orders_days, "400", "days that finished orders and their timelines are kept")

struct config {
#define X(name, fallback, help) char name[SETTING_MAX];
    TSMD_SETTINGS(X)
#undef X
};

void config_defaults(struct config *c);
/* BAD_FORM with the line, UNKNOWN_FIELD with the name. */
enum tsm_err config_file(struct config *c, const char *path);
enum tsm_err config_set(struct config *c, const char *name, const char *value);
void config_help(void);
bool config_has_role(const struct config *c, const char *role);
/* "127.0.0.1:8443" in two; port 0 takes a free one. BAD_VALUE names the setting. */
struct address {
    char host[SETTING_MAX];
    uint16_t port;
};
enum tsm_err config_address(const char *setting, const char *value, struct address *out);

#endif
