package dev.sluice.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.listener.Reload;
import dev.sluice.operation.SluiceProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as a person uses it, in a browser of the system. */
final class PageTests {

    private static final String ROW = "[data-listener=echo]";
    /** Of a sink that nobody is behind at first. */
    private static final int LATE = Ports.free();

    @TempDir
    private static Path folder;

    private static Browser browser;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        browser = Browser.open(folder.resolve("profile"));
        sluice = start(0);
    }

    private static RunningSluice start(int port) {
        return RunningSluice.withManagement(yaml(port));
    }

    private static String yaml(int port) {
        return """
            server.port: %d
            spring.security.user.password: secret
            sluice:
              data-directory: %s
              users.guest: { password: look }
              listeners:
                echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                kept: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [console] }
                dead: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [refusing], delivery.attempts: 1 }
                late: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [late], delivery.attempts: 1 }
                told: { tcp: { address: 127.0.0.1, port: 0 }, identity.from: "{remote-address}", commands: {} }
                beacon: { udp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
              sinks:
                console.log.level: "off"
                refusing.tcp: { host: 127.0.0.1, port: 1, framing.type: line }
                late.tcp: { host: 127.0.0.1, port: %d, framing.type: line }
            """.formatted(port, folder.resolve("data-" + port), LATE);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (sluice != null) {
            sluice.close();
        }
    }

    @BeforeEach
    void visit() {
        browser.resize(1280, 900);
        browser.visit(sluice.httpPort());
    }

    private void signIn() {
        browser.signIn("operator", "secret");
        browser.see(ROW + " .state", "running");
    }

    @Test
    void anOperatorSteersAListener() {
        signIn();
        browser.click(ROW + " [data-action=pause]");
        browser.see(ROW + " .state", "paused");
        browser.see(".attention", "is paused: peers wait");
        browser.click(ROW + " [data-action=resume]");
        browser.see(ROW + " .state", "running");
        browser.click(ROW + " [data-action=stop]");
        browser.see(ROW + " .state", "stopped");
        browser.click(ROW + " [data-action=start]");
        browser.see(ROW + " .state", "running");
        browser.see(".notices", "echo: running");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aConnectionIsClosedOnceThatIsConfirmed() throws Exception {
        signIn();
        try (Socket peer = sluice.connect("echo")) {
            peer.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(peer.getInputStream().readNBytes(6)).asString(UTF_8).isEqualTo("hello\n");
            browser.go("#/listeners/echo/connections");
            browser.click("[data-connection] [data-action=close]");
            browser.see("dialog", "What it is in the middle of is cut off.");
            browser.click("dialog [type=submit]");

            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            browser.see(".empty", "Nobody is connected.");
        }
    }

    @Test
    void aCommandIsSentOrCancelled() throws Exception {
        signIn();
        browser.go("#/devices");
        browser.see(".empty", "No device is connected.");
        browser.click("[data-action=command]");
        browser.type("dialog input", "meter 7");
        browser.type("dialog textarea", "open");
        browser.click("dialog [type=submit]");
        browser.see(".notices", "is taken");
        browser.go("#/devices/told/meter%207");
        browser.see("[data-command]", "waits");
        browser.click("[data-action=cancel]");
        browser.see(".empty", "None waits.");
        browser.go("#/devices");
        browser.see("main", "cancelled");
        try (Socket device = sluice.connect("told")) {
            browser.click("[data-device='127.0.0.1'] a");
            browser.click("[data-action=command]");
            browser.type("dialog textarea", "open");
            browser.click("dialog [type=submit]");
            assertThat(device.getInputStream().readNBytes(5)).asString(UTF_8).isEqualTo("open\n");
            browser.see(".notices", "confirmed");
            browser.click("[data-action=close]");
            browser.click("dialog [type=submit]");
            assertThat(device.getInputStream().read()).isEqualTo(-1);
        }
        browser.see("main", "away");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void whatIsTriedComesBack() {
        signIn();
        browser.go("#/listeners/echo/try");
        browser.type("textarea", "knock knock");
        browser.click("form [type=submit]");
        browser.see(".exchange", "knock knock");
        browser.see(".exchange", "6B 6E 6F 63 6B");
        browser.go("#/listeners/echo");
        browser.see(".equation", "received");
    }

    @Test
    void whatArrivesIsSeenByWhoWatches() throws Exception {
        signIn();
        browser.go("#/listeners/echo/live");
        browser.click("[data-action=watch]");
        browser.see(".hint", "Waiting for a message");
        try (Socket peer = sluice.connect("echo")) {
            peer.getOutputStream().write("who is there\n".getBytes(UTF_8));
            browser.see(".frames .in", "who is there");
            browser.see(".frames .out", "who is there");
        }
    }

    @Test
    void aDeadLetterIsDiscardedBySelection() throws Exception {
        signIn();
        sluice.converse("dead", "unwanted\n");
        browser.go("#/listeners/dead/spool");
        browser.click(".letters tbody [type=checkbox]");
        browser.click("[data-action=discard]");
        browser.click("dialog [type=submit]");
        browser.see(".hint", "There are none.");
    }

    @Test
    void deadLettersAreReplayedBySelection() throws Exception {
        signIn();
        sluice.converse("late", "first\nsecond\nthird\n");
        browser.go("#/listeners/late/spool");
        browser.see(".letters tbody tr:nth-child(3)");
        try (ServerSocket server = new ServerSocket(LATE, 50, InetAddress.getLoopbackAddress())) {
            browser.click(".letters tbody tr:nth-child(2) [type=checkbox]");
            browser.see("[data-action=replay]", "1");
            browser.click("[data-action=replay]");
            try (Socket delivered = server.accept()) {
                delivered.setSoTimeout(20_000);
                assertThat(new String(delivered.getInputStream().readNBytes(7), UTF_8))
                        .as("the one in the middle, whichever way they are sorted")
                        .isEqualTo("second\n");
            }
        }
        await().atMost(Duration.ofSeconds(15))
                .until(() -> browser.find(".letters tbody tr").size() == 2);
        browser.see(".letters", "first");
        browser.see(".letters", "third");
    }

    @Test
    void whatHasChangedSinceItWasShownIsNotApplied() {
        String files = yaml(0);
        signIn();
        try {
            sluice.rewrite(files + "sluice.listeners.echo.limits.max-connections: 7\n");
            browser.go("#/configuration");
            browser.click("[data-action=plan]");
            browser.see(".plan", "sluice.listeners.echo.limits.max-connections");
            sluice.rewrite(files + "sluice.listeners.echo.limits.messages-per-second: 9\n");
            browser.click("[data-action=apply]");
            browser.see("[role=alert]", "The files have changed since.");
            browser.see(".plan", "sluice.listeners.echo.limits.messages-per-second");
            assertThat(sluice.listener("echo").properties().limits().maxConnections())
                    .isEqualTo(10_000);
            browser.click("[data-action=apply]");
            browser.see(".notices", "Applied.");
            assertThat(sluice.listener("echo").properties().limits().messagesPerSecond())
                    .isEqualTo(9);
        } finally {
            sluice.rewrite(files);
            assertThat(sluice.bean(Reload.class).run(Reload.Request.by("test")).problems())
                    .isEmpty();
        }
    }

    @Test
    void connectionsStandInPages() throws Exception {
        signIn();
        lookThrough(sluice.port("echo"), 120);
    }

    @Test
    @Tag("long")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void tenThousandConnectionsStandInPages() throws Exception {
        int port = Ports.free();
        String many =
                "spring.security.user.password: secret\nsluice.listeners.echo: { tcp: { address: 127.0.0.1, port: "
                        + port + ", backlog: 1000 }, reply.type: echo }\n";
        // In a process of its own, since one has not descriptors enough for both ends.
        try (SluiceProcess other = SluiceProcess.startUsually(folder, many)) {
            browser.visit(other.httpPort());
            signIn();
            lookThrough(port, 10_000);
        }
    }

    private void lookThrough(int port, int count) throws Exception {
        List<Socket> peers = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                peers.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            String all = "of " + count;
            browser.go("#/listeners/echo/connections");
            browser.see(".pager", all);
            assertThat(browser.find("[data-connection]")).hasSize(50);
            browser.click("[title*=peer i]");
            browser.see("[aria-sort=ascending]");
            browser.click(".pager button:last-child");
            browser.see(".pager", "51");
            peers.getFirst().getOutputStream().write("hello\n".getBytes(UTF_8));
            browser.type("[type=search]", "127.0.0.9\n");
            browser.see(".empty");
            browser.click("[type=search]");
            browser.find("[type=search]").getFirst().clear();
            browser.type("[type=search]", "127.0.0.1\n");
            browser.see(".pager", all);
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void theFilesAreComparedWithWhatRuns() {
        signIn();
        browser.go("#/configuration");
        browser.click("[data-action=plan]");
        browser.see("main", "What runs is what the files say.");
        browser.go("#/listeners/echo/settings");
        browser.see("table", "tcp.port");
    }

    @Test
    void aViewerLooksAndThatIsAll() {
        browser.signIn("guest", "look");
        browser.see(ROW + " .state", "running");

        assertThat(browser.find("[data-action]")).isEmpty();
        browser.go("#/listeners/echo/try");
        browser.see(".hint", "Sending is for operators.");
        assertThat(browser.find("textarea")).isEmpty();
    }

    @Test
    void whoSignsOutIsOut() {
        browser.signIn("operator", "wrong");
        browser.see("[role=alert]", "User or password is wrong.");
        browser.visit(sluice.httpPort());
        signIn();
        browser.click(".choices button");
        browser.see("[name=username]");
        browser.script("location.reload()");
        browser.see("[name=username]");
    }

    @Test
    void aServerThatGoesIsMissedAndComesBack() {
        int port = Ports.free();
        try (RunningSluice other = start(port)) {
            browser.visit(port);
            signIn();
        }
        browser.see("[role=alert]", "The server does not answer.");
        browser.see("#live", "lost");
        try (RunningSluice again = start(port)) {
            assertThat(again.httpPort()).isEqualTo(port);
            browser.see("[role=alert]", "You are signed out");
            browser.signIn("operator", "secret");
            browser.see(ROW + " .state", "running");
            browser.see(".banner", "The server has started again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void everybodyCanUseIt(String theme) {
        browser.choose("theme", theme);
        browser.see("[name=username]");
        assertThat(browser.seriousFaults()).isEmpty();
        signIn();
        assertThat(browser.seriousFaults()).isEmpty();
        for (String view : new String[] {"", "/connections", "/live", "/spool", "/try", "/settings"}) {
            browser.go("#/listeners/kept" + view);
            browser.see(".tabs [aria-current]");
            assertThat(browser.seriousFaults()).as(view).isEmpty();
        }
        for (String view : new String[] {"", "/told/meter"}) {
            browser.go("#/devices" + view);
            browser.see("h1");
            assertThat(browser.seriousFaults()).as("devices" + view).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"zh, 1280, 监听器", "long, 1280, running ëx", "en, 390, running"})
    void thereIsRoomForItsWords(String language, int width, String word) {
        signIn();
        browser.resize(width, 844);
        browser.choose("language", language);
        browser.see("main", word);
        assertThat(browser.overflow()).isLessThanOrEqualTo(0);
        browser.go("#/devices");
        browser.see("h1");
        assertThat(browser.overflow()).isLessThanOrEqualTo(0);
        browser.go("#/listeners/kept/spool");
        browser.see(".tabs [aria-current]");
        assertThat(browser.overflow()).isLessThanOrEqualTo(0);
    }
}
