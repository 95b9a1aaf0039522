using System.Globalization;

namespace Broadside.Bench.Contenders;

/// <summary>What one writes without a library: for each message, a <c>Socket.SendAsync</c> for each receiver.</summary>
/// <param name="sendBuffer">
/// The send buffers' size; 0 leaves it to the system. Enough for a message is what a server takes that must not wait for receivers.
/// </param>
internal sealed class Naive(int sendBuffer = 0) : Contender
{
    public override string Name => sendBuffer == 0 ? "naive" : "naive-buffered";

    public override string Version => $".NET {Environment.Version}";

    public override string Settings =>
        "Socket.SendAsync for each receiver and message" + (sendBuffer == 0 ? "" : $", SendBufferSize = {sendBuffer}");

    public override string Protocol => "raw";

    protected override IEnumerable<string> Command(int port) =>
        [Environment.ProcessPath!, "worker", "naive", port.ToString(CultureInfo.InvariantCulture), sendBuffer.ToString(CultureInfo.InvariantCulture)];
}
