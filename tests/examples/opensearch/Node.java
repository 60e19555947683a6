import org.codelibs.opensearch.runner.OpenSearchRunner;

/** A real OpenSearch of one node on loopback, until its standard input ends: Node.java FOLDER PORT PORT. */
public class Node {
    public static void main(String[] arguments) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> settings
                .put("network.host", "127.0.0.1")
                .put("http.port", arguments[1])
                .put("transport.port", arguments[2])
                // It is not there for its data: a disk that is nearly full is none of its business.
                .put("cluster.routing.allocation.disk.threshold_enabled", false));
        try {
            runner.build(OpenSearchRunner.newConfigs()
                    .basePath(arguments[0]).clusterName("examples").numOfNode(1));
            System.in.read();
        } finally {
            runner.close();
        }
        // Threads of its own would keep the process.
        System.exit(0);
    }
}
