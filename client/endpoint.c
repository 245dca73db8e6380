#include "endpoint.h"
#include "args.h"
#include "ensure.h"
#include "ident.h"
#include <stdio.h>
#include <string.h>

#define SCHEME "tcp://"

enum { HOST_LEN_MAX = 100, PORT_MAX = 65535 };

static bool is_host(const char *host, size_t len)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    static const char number[] = "0123456789abcdefABCDEF:.%";
    if (len == 0 || len > HOST_LEN_MAX) {
        return false;
    }
    if (len == 1 && host[0] == '*') {
        return true;
    }
    if (host[0] == '[') {
        return len > 2 && host[len - 1] == ']' && strspn(host + 1, number) == len - 2;
    }
    return strspn(host, name) >= len;
}

static enum toc_result parse_one(const char *text, size_t len,
                                 char ret_endpoint[TOC_ENDPOINT_LEN_MAX + 1], struct toc_why *why)
{
    char address[TOC_ENDPOINT_LEN_MAX + 1 - sizeof SCHEME] = "";
    const size_t scheme_len = strlen(SCHEME);
    if (len >= scheme_len && strncmp(text, SCHEME, scheme_len) == 0) {
        text += scheme_len;
        len -= scheme_len;
    }
    if (len < sizeof address) {
        memcpy(address, text, len);
        address[len] = '\0';
    }
    const char *const colon = strrchr(address, ':');
    uint64_t port = 0;
    if (colon == NULL || !is_host(address, (size_t)(colon - address)) ||
        toc_args_number(colon + 1, PORT_MAX, &port) != TOC_OK || port == 0) {
        return toc_fail(why, TOC_INVALID, "'%.*s' is not HOST:PORT", len < 60 ? (int)len : 60,
                        text);
    }
    (void)snprintf(ret_endpoint, TOC_ENDPOINT_LEN_MAX + 1, SCHEME "%s", address);
    return TOC_OK;
}

enum toc_result toc_addresses_parse(const char *text, struct toc_addresses *ret_addresses,
                                    struct toc_why *why)
{
    struct toc_addresses addresses = {.feed = ""};
    const char *const comma = strchr(text, ',');
    const size_t len = comma == NULL ? strlen(text) : (size_t)(comma - text);
    TOC_TRY(parse_one(text, len, addresses.session, why));
    if (comma != NULL) {
        TOC_TRY(parse_one(comma + 1, strlen(comma + 1), addresses.feed, why));
    }
    *ret_addresses = addresses;
    return TOC_OK;
}

enum toc_result toc_peer_words_parse(const char *text, struct toc_peer_words *ret_peer,
                                     struct toc_why *why)
{
    struct toc_peer_words peer = {.member = ""};
    const char *const equals = strchr(text, '=');
    const size_t len = equals == NULL ? 0 : (size_t)(equals - text);
    if (len > 0 && len < sizeof peer.member) {
        memcpy(peer.member, text, len);
    }
    if (equals == NULL || !toc_ident_member(peer.member)) {
        return toc_fail(why, TOC_INVALID, "'%.60s' is not MEMBER=SESSION[,FEED]", text);
    }
    TOC_TRY(toc_addresses_parse(equals + 1, &peer.addresses, why));
    *ret_peer = peer;
    return TOC_OK;
}
