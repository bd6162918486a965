// One direction of the link, and the way through the die: a transfer of N beats passes in N edges, or when the DieRAM port has
// served what it and those before it reserved; one begins only when the one before is through; and what enters the die comes
// out after Stages edges with which time passes, unchanged.
module prove_link (
    input logic       clk_i,
    input logic       advance_i,
    input logic       begin_i,
    input logic       other_i,  // the other direction begins a transfer
    input logic [2:0] beats_i,
    input logic [2:0] slots_i,
    input logic [3:0] data_i
);
  logic rst_n = 1'b0;
  always @(posedge clk_i) rst_n <= 1'b1;

  logic active, free, due, hop_valid;
  logic [2:0] served;
  logic [3:0] hop_data;
  pim_die_port #(.SlotWidth(3)) u_port (
      .clk_i, .rst_ni(rst_n), .advance_i, .reserve_i(begin_i || other_i), .slots_i, .served_o(served)
  );
  pim_die_channel #(.BeatSlots(1), .SlotWidth(3)) u_channel (
      .clk_i, .rst_ni(rst_n), .advance_i, .begin_i, .beats_i, .served_i(served),
      .active_o(active), .free_o(free), .due_o(due)
  );
  pim_die_hop #(.Width(4), .Stages(2)) u_hop (
      .clk_i, .rst_ni(rst_n), .advance_i, .valid_i(due), .data_i, .valid_o(hop_valid), .data_o(hop_data)
  );

  // What there has to be: the beats left, the slots the port still owes in all and to this transfer, and what is in the die.
  logic [2:0] left = '0;
  logic [4:0] owed = '0, mine = '0, owed_after;
  logic [4:0] first = '0, second = '0;
  assign owed_after = (owed == '0 ? 5'd0 : owed - 5'd1) + (begin_i || other_i ? {2'b00, slots_i} : 5'd0);
  always @(posedge clk_i) begin
    assume (!begin_i || (advance_i && free && beats_i != '0));
    assume (!other_i || (advance_i && !begin_i));
    assume (owed_after < 5'd8);
    if (rst_n) begin
      assert (active == (left != '0));
      assert (free == (left == '0 || (due && left == 3'd1)));
      // A beat passes with every edge, unless the port has more left to do than the beats after it give it time for.
      assert (due == (active && mine <= {2'b00, left}));
      assert (hop_valid == second[4]);
      assert (!hop_valid || hop_data == second[3:0]);
      if (advance_i) begin
        left   <= begin_i ? beats_i : left - {2'b00, due};
        owed   <= owed_after;
        mine   <= begin_i ? owed_after : mine == '0 ? 5'd0 : mine - 5'd1;
        first  <= {due, data_i};
        second <= first;
      end
      cover (left == 3'd1 && begin_i && mine == 5'd1 && owed > 5'd3);
    end
  end
endmodule
