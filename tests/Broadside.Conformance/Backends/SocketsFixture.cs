using Broadside.Sockets;

namespace Broadside.Conformance.Backends;

/// <summary>The portable backend.</summary>
public sealed class SocketsFixture : RealTimeFixture
{
    protected override ChannelBackend CreateBackend() => new SocketsBackend();
}
