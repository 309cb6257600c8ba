/*
 * libargon2's checks of a password, as libsodium makes them. Both compute the same, but Debian compiles libargon2 for the
 * oldest processors, and libsodium has code for newer ones as well, which takes half the time. ../bin/entrypoint preloads
 * this into slapd, so that its module argon2 comes here.
 */
#include <argon2.h>
#include <sodium.h>
#include <stdlib.h>

/* libsodium finds out here what the processor can do. */
__attribute__((constructor)) static void start(void) {
  if (sodium_init() < 0) abort();
}

int argon2i_verify(const char *hash, const void *password, size_t length) {
  return crypto_pwhash_argon2i_str_verify(hash, password, length) == 0 ? ARGON2_OK : ARGON2_VERIFY_MISMATCH;
}

int argon2id_verify(const char *hash, const void *password, size_t length) {
  return crypto_pwhash_argon2id_str_verify(hash, password, length) == 0 ? ARGON2_OK : ARGON2_VERIFY_MISMATCH;
}
