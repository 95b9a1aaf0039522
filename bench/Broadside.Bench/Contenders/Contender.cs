using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>A server that can be measured. Another contender is another small class like the ones beside this.</summary>
internal abstract class Contender
{
    /// <summary>Its name in tables and RESULT lines.</summary>
    public abstract string Name { get; }

    /// <summary>Its version; null when it is not installed.</summary>
    public abstract string? Version { get; }

    /// <summary>How it is set up, for the table.</summary>
    public abstract string Settings { get; }

    /// <summary>The protocol it is spoken to in, as <see cref="Load.Protocols"/> has it.</summary>
    public abstract string Protocol { get; }

    /// <summary>Whether its code is compiled as it runs, so that it must run for a while before it is measured.</summary>
    public virtual bool NeedsWarmUp => true;

    /// <summary>Starts it on the server's processor.</summary>
    public RunningContender Start(Sandbox sandbox)
    {
        var port = sandbox.NextPort();
        return new RunningContender(this, sandbox.StartServer(Command(port, sandbox.Folder)), port);
    }

    /// <param name="port">Where it listens.</param>
    /// <param name="folder">Where it may leave files; they go with the run.</param>
    protected abstract IEnumerable<string> Command(int port, string folder);
}
