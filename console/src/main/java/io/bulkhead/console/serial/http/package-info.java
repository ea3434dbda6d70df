/**
 * The console service on the API: {@code /v1/consoles}, and the console protocol on upgraded connections. Vert.x stays in
 * here; everything lives on the API's event loop, which is the service's thread.
 */
@NullMarked
package io.bulkhead.console.serial.http;

import org.jspecify.annotations.NullMarked;
