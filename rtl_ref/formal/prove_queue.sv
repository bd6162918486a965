// The queue of bytes between port and lanes: as many come out as went in, none is lost, and they keep their order. One byte,
// any that is pushed, is followed on its way.
module prove_queue (
    input logic        clk_i,
    input logic [ 2:0] push_i,
    input logic [15:0] data_i,
    input logic [ 2:0] pop_i,
    input logic        follow_i,  // the byte of this push
    input logic        second_i   // and which of its two
);
  logic rst_n = 1'b0;
  always @(posedge clk_i) rst_n <= 1'b1;

  logic ready;
  logic [2:0] level;
  logic [15:0] out, masked;
  assign masked = push_i == 3'd2 ? data_i : push_i == 3'd1 ? {8'd0, data_i[7:0]} : 16'd0;
  pim_gearbox #(.Width(2)) u_queue (
      .clk_i, .rst_ni(rst_n), .push_ready_o(ready), .push_bytes_i(push_i), .push_data_i(masked), .level_o(level),
      .pop_bytes_i(pop_i), .data_o(out)
  );

  logic [2:0] held = '0;  // bytes in the queue, counted here
  logic followed = 1'b0;
  logic [2:0] before = '0;  // bytes in front of the followed one
  logic [7:0] value = '0;
  always @(posedge clk_i) begin
    assume (push_i <= 3'd2 && pop_i <= 3'd2 && pop_i <= level);
    assume (push_i == '0 || ready);
    assume (rst_n || (push_i == '0 && pop_i == '0));
    assume (!follow_i || (rst_n && !followed && (second_i ? push_i == 3'd2 : push_i != '0)));
    if (rst_n) begin
      assert (level == held && level <= 3'd4);
      assert (ready == (held - pop_i <= 3'd2));
      assert (!(followed && pop_i > before) || (before[0] ? out[15:8] : out[7:0]) == value);
      cover (followed && pop_i > before && held == 3'd4);
    end
    held <= held + push_i - pop_i;
    if (follow_i) begin
      followed <= 1'b1;
      before   <= held - pop_i + {2'b00, second_i};
      value    <= second_i ? data_i[15:8] : data_i[7:0];
    end else if (followed) begin
      if (pop_i > before) followed <= 1'b0;
      else before <= before - pop_i;
    end
  end
endmodule
