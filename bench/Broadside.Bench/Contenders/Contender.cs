using System.Globalization;
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

    /// <summary>The protocol it is spoken to in, as <see cref="Load.Protocols"/> has it; empty where the scenario has but one.</summary>
    public virtual string Protocol => "";

    /// <summary>Whether its code is compiled as it runs, so that it must run for a while before it is measured.</summary>
    public virtual bool NeedsWarmUp => true;

    /// <summary>Whether it answers what it is told on its standard input (<see cref="Workers.ServerConsole"/>).</summary>
    public virtual bool Answers => false;

    /// <summary>The processors it may use, as taskset has them: the server's.</summary>
    protected virtual string ProcessorList => Processors.Server.ToString(CultureInfo.InvariantCulture);

    /// <summary>Starts it on its processors.</summary>
    public RunningContender Start(Sandbox sandbox)
    {
        var port = sandbox.NextPort();
        return new RunningContender(this, sandbox.StartServer(Command(port, sandbox.Folder), ProcessorList, Answers), port);
    }

    /// <param name="port">Where it listens.</param>
    /// <param name="folder">Where it may leave files; they go with the run.</param>
    protected abstract IEnumerable<string> Command(int port, string folder);
}
