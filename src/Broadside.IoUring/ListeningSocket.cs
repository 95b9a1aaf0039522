using System.Net;
using System.Net.Sockets;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>A listening socket, which only Unix-domain listeners share.</summary>
internal sealed class ListeningSocket(int file, EndPoint localEndPoint)
{
    public int File { get; } = file;

    public EndPoint LocalEndPoint { get; } = localEndPoint;

    /// <summary>The processor whose connections it is to get; null for none in particular.</summary>
    public int? Processor { get; init; }

    /// <summary>Listeners that hold it, if only until their last accept has ended.</summary>
    public int Holders { get; set; }

    /// <summary>Listeners that accept from it.</summary>
    public int Listeners { get; set; }

    /// <summary>Refuses further connections at once, also while an accept that is being cancelled still holds the socket.</summary>
    public void Refuse() => SystemCalls.Shutdown(File, SystemCalls.ShutdownBoth);

    public void Close()
    {
        SystemCalls.Close(File);
        if (LocalEndPoint is UnixDomainSocketEndPoint && LocalEndPoint.ToString() is { } path && !path.StartsWith('@'))
        {
            System.IO.File.Delete(path);
        }
    }
}
