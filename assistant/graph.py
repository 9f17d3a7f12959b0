"""The loop; the only file that names its nodes and edges."""

# pyright: reportUnknownMemberType=false
# LangGraph's StateGraph methods are partly untyped; the relaxation is contained in this file.

from typing import Literal

from langchain_core.messages import AIMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from assistant.act import act
from assistant.answer import answer
from assistant.approve import await_press
from assistant.plan import plan
from assistant.settled import report
from assistant.state import ConversationState, TurnContext

Graph = CompiledStateGraph[ConversationState, TurnContext, ConversationState, ConversationState]
WAITING = "await_press"
REPORT = "report"


def build_graph(saver: BaseCheckpointSaver[str]) -> Graph:
    """Compile the loop over a durable checkpointer.

    plan → act → plan … → answer → (await_press → report, when a quote was prepared)
    """
    graph = StateGraph(ConversationState, context_schema=TurnContext)
    graph.add_node("plan", plan)
    graph.add_node("act", act)
    graph.add_node("answer", answer)
    graph.add_node(WAITING, await_press)
    graph.add_node(REPORT, report)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", _after_plan)
    graph.add_edge("act", "plan")
    graph.add_conditional_edges("answer", _after_answer)
    graph.add_edge(WAITING, REPORT)
    graph.add_edge(REPORT, END)
    return graph.compile(checkpointer=saver)


def _after_plan(state: ConversationState) -> Literal["act", "answer"]:
    last = state["messages"][-1]
    return "act" if isinstance(last, AIMessage) and last.tool_calls else "answer"


def _after_answer(state: ConversationState) -> Literal["await_press", "__end__"]:
    return "await_press" if state["quote_id"] else "__end__"
