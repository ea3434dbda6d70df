/**
 * The console service for browsers: its WebSocket, the tickets that open it, and the page.
 *
 * <p>All but {@link io.bulkhead.console.serial.web.WebFiles} lives on the service's thread. Only the API's front
 * ({@code http}) knows this package.
 */
@NullMarked
package io.bulkhead.console.serial.web;

import org.jspecify.annotations.NullMarked;
