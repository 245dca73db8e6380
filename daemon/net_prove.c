/* The proof at start that a key nobody knows is refused. libzmq admits every key when no handler
 * answers and the domain is not enforced, and one wrong option would look the same as a right one
 * for years: so the daemon tries it on itself before it says that it is ready. */
#include "ensure.h"
#include "net_state.h"
#include <stdio.h>
#include <string.h>

#define PROOF_MS 5000 /* for each socket */

/* Where to find ourselves, when we listen on every address. */
static void reachable(const char *endpoint, char *ret_endpoint, size_t room)
{
    static const char *const wildcards[][2] = {{"tcp://0.0.0.0:", "tcp://127.0.0.1:"},
                                               {"tcp://[::]:", "tcp://[::1]:"}};
    const char *start = "";
    const char *rest = endpoint;
    for (size_t i = 0; i < sizeof wildcards / sizeof wildcards[0]; i++) {
        const size_t len = strlen(wildcards[i][0]);
        if (strncmp(endpoint, wildcards[i][0], len) == 0) {
            start = wildcards[i][1];
            rest = endpoint + len;
        }
    }
    (void)snprintf(ret_endpoint, room, "%s%s", start, rest);
}

/* Answers ZAP until the attempt is decided. TOC_TIMEOUT. */
static enum toc_result wait_for(struct toc_net *net, const struct toc_engine *engine,
                                struct toc_net_line *line, enum toc_peer_state *ret_state)
{
    const struct toc_env *env = net->dialler.env;
    const int64_t until_ms = toc_env_mono_ms(env) + PROOF_MS;
    int64_t now_ms = toc_env_mono_ms(env);
    while (now_ms < until_ms) {
        zmq_pollitem_t items[] = {{.socket = net->zap.socket, .events = ZMQ_POLLIN},
                                  {.socket = line->monitor, .events = ZMQ_POLLIN}};
        (void)zmq_poll(items, 2, (long)(until_ms - now_ms));
        toc_net_answer_zap(net, engine);
        now_ms = toc_env_mono_ms(env);
        struct toc_net_event event;
        while (toc_net_monitor_read(line->monitor, &event) == TOC_OK) {
            if (toc_net_monitor_decide(&line->attempt, &event, now_ms, ret_state)) {
                return TOC_OK;
            }
        }
    }
    return TOC_TIMEOUT;
}

static enum toc_result prove_domain(struct toc_net *net, const struct toc_engine *engine,
                                    enum toc_domain domain, struct toc_why *why)
{
    char endpoint[sizeof net->servers[domain].endpoint + 16];
    reachable(net->servers[domain].endpoint, endpoint, sizeof endpoint);
    struct toc_box_public stranger;
    struct toc_box_secret stranger_secret;
    toc_box_keypair(&stranger, &stranger_secret);
    TOC_AUTO(toc_net_line_close) struct toc_net_line line = {0};
    memcpy(line.server_key, net->dialler.keys->curve_public.bytes, sizeof line.server_key);
    TOC_TRY(toc_net_line_open(&net->dialler, &line,
                              domain == TOC_DOMAIN_SESSION ? ZMQ_DEALER : ZMQ_SUB, endpoint,
                              &stranger, &stranger_secret, why));
    toc_bytes_wipe(&stranger_secret, sizeof stranger_secret);
    enum toc_peer_state state = TOC_PEER_UNREACHABLE;
    if (wait_for(net, engine, &line, &state) != TOC_OK) {
        return toc_fail(why, TOC_TIMEOUT,
                        "listen.%s %s: no answer to the proof that strangers are "
                        "refused",
                        toc_net_zap_domain(domain), endpoint);
    }
    if (state == TOC_PEER_CONNECTED) {
        return toc_fail(why, TOC_DENIED, "listen.%s %s: let an unknown key in: not starting",
                        toc_net_zap_domain(domain), endpoint);
    }
    if (state != TOC_PEER_REFUSED) {
        return toc_fail(why, TOC_IO,
                        "listen.%s %s: could not prove that strangers are refused (%s)",
                        toc_net_zap_domain(domain), endpoint, toc_peer_state_name(state));
    }
    return TOC_OK;
}

enum toc_result toc_net_prove(struct toc_net *net, struct toc_engine *engine, struct toc_why *why)
{
    for (size_t i = 0; i < TOC_NET_DOMAINS; i++) {
        if (net->servers[i].socket != NULL) {
            TOC_TRY(prove_domain(net, engine, (enum toc_domain)i, why));
        }
    }
    /* That a stranger was denied just now is no news. */
    net->notices.len = 0;
    return TOC_OK;
}
