using Broadside.Channels;

namespace Broadside.Testing.Tests;

/// <summary>Gives every connection a handler that records, or the one it is told to make.</summary>
internal sealed class RecordingAcceptor(Func<ChannelConnection, IConnectionHandler?>? choose = null) : IConnectionAcceptor
{
    public List<RecordingHandler> Handlers { get; } = [];

    public IConnectionHandler? OnAccepted(ChannelConnection connection)
    {
        if (choose is not null)
        {
            return choose(connection);
        }

        Handlers.Add(new RecordingHandler());
        return Handlers[^1];
    }
}
